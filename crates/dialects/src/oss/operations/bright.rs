use lightmill_recipe::{Linear, Operation};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "bright",
    aliases: &[],
    doc: "Adds the value to red, green and blue (0 to 255).",
    origin: Origin::Official,
    example: "bright,50",
    parameters: &[Parameter {
        name: "",
        doc: "What is added",
        values: Values::Integer(-100, 100),
        default: "must be given",
        refusal: Some("Bright must be between -100 and 100"),
    }],
    for_marks: true,
    usage: "Bright param error, e.g: bright,50",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.step(Operation::Linear(bright(arguments.single()?.integer()?)));
    Ok(())
}

fn bright(value: i8) -> Linear {
    Linear { gain: 1.0, offset: f32::from(value) }
}

/// Other gains and offsets are left to `contrast`, or have no words.
fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Linear(wanted) = operation else { return None };
    let value = (-100..=100).find(|value| bright(*value) == *wanted)?;
    Some(Ok(format!("bright,{value}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn offset() {
        let expected = Linear { gain: 1.0, offset: -50.0 };
        assert_eq!(steps(Aliyun, "bright,-50"), [Operation::Linear(expected)]);
        for value in -100..=100 {
            let text = format!("bright,{value}");
            assert_eq!(written(Wchaws, &text), text);
        }
        assert_eq!(refusal(Wchaws, "bright,101"), "Bright must be between -100 and 100");
        assert_eq!(refusal(Wchaws, "bright"), "Bright param error, e.g: bright,50");
        assert_eq!(refusal(Aliyun, "bright,5.5"), "bright must be a whole number from -100 to 100");
    }
}
