use lightmill_recipe::{Linear, Operation};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "contrast",
    aliases: &[],
    doc: "Multiplies red, green and blue: by 1 + c/100 above 0, by 1 + c/200 below.",
    origin: Origin::Official,
    example: "contrast,-50",
    parameters: &[Parameter {
        name: "",
        doc: "c",
        values: Values::Integer(-100, 100),
        default: "must be given",
        refusal: Some("Contrast must be between -100 and 100"),
    }],
    for_marks: true,
    usage: "Contrast param error, e.g: contrast,-50",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.step(Operation::Linear(contrast(arguments.single()?.integer()?)));
    Ok(())
}

fn contrast(value: i8) -> Linear {
    let divisor = if value > 0 { 100.0 } else { 200.0 };
    Linear { gain: 1.0 + f32::from(value) / divisor, offset: 0.0 }
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Linear(wanted) = operation else { return None };
    let value = (-100..=100).find(|value| contrast(*value) == *wanted);
    Some(value.map(|value| format!("contrast,{value}")).ok_or_else(|| CannotSay::new(format!("{wanted:?}"))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, said, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};
    use crate::oss::operations::testing::recipe;

    #[test]
    fn gain() {
        assert_eq!(steps(Aliyun, "contrast,50"), [Operation::Linear(Linear { gain: 1.5, offset: 0.0 })]);
        assert_eq!(steps(Aliyun, "contrast,-50"), [Operation::Linear(Linear { gain: 0.75, offset: 0.0 })]);
        for value in (-100..=100).filter(|value| *value != 0) {
            let text = format!("contrast,{value}");
            assert_eq!(written(Wchaws, &text), text);
        }
        assert_eq!(written(Wchaws, "contrast,0"), "bright,0");
        assert_eq!(refusal(Wchaws, "contrast,-101"), "Contrast must be between -100 and 100");
        assert_eq!(refusal(Wchaws, "contrast,1,2"), "Contrast param error, e.g: contrast,-50");
    }

    #[test]
    fn gain_and_offset_together_have_no_words() {
        let mut both = recipe(Aliyun, "contrast,50").unwrap();
        both.inputs[0].operations = vec![Operation::Linear(Linear { gain: 1.5, offset: 1.0 })];
        assert!(said(Aliyun, &both).is_err());
    }
}
