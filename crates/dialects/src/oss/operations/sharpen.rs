use lightmill_recipe::{Operation, Sharpen};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "sharpen",
    aliases: &[],
    doc: "Crisper: unsharp masking of lightness with a Gaussian of a hundredth of the value in pixels.",
    origin: Origin::Official,
    example: "sharpen,100",
    parameters: &[Parameter {
        name: "",
        doc: "Strength",
        values: Values::Integer(50, 399),
        default: "must be given",
        refusal: Some("Sharpen be between 50 and 399"),
    }],
    for_marks: false,
    usage: "Sharpen param error, e.g: sharpen,100",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.step(Operation::Sharpen(sharpen(arguments.single()?.integer()?)));
    Ok(())
}

fn sharpen(strength: u16) -> Sharpen {
    Sharpen { sigma: f32::from(strength) / 100.0, flat: 0.5, jagged: 1.0 }
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Sharpen(wanted) = operation else { return None };
    let strength = (50..=399).find(|strength| sharpen(*strength) == *wanted);
    Some(strength.map(|s| format!("sharpen,{s}")).ok_or_else(|| CannotSay::new(format!("{wanted:?}"))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn strength() {
        let expected = Sharpen { sigma: 1.0, flat: 0.5, jagged: 1.0 };
        assert_eq!(steps(Aliyun, "sharpen,100"), [Operation::Sharpen(expected)]);
        for strength in 50..=399 {
            let text = format!("sharpen,{strength}");
            assert_eq!(written(Wchaws, &text), text);
        }
        assert_eq!(refusal(Wchaws, "sharpen,49"), "Sharpen be between 50 and 399");
        assert_eq!(refusal(Wchaws, "sharpen"), "Sharpen param error, e.g: sharpen,100");
        assert_eq!(refusal(Aliyun, "sharpen,400"), "sharpen must be a whole number from 50 to 399");
    }
}
