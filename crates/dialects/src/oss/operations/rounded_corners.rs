use lightmill_recipe::{Operation, RoundedCorners};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "rounded-corners",
    aliases: &[],
    doc: "Each corner cut to a quarter of a circle. Outside is nothing, which is white in formats without \
          transparency.",
    origin: Origin::Official,
    example: "rounded-corners,r_30",
    parameters: &[Parameter {
        name: "r",
        doc: "Radius in pixels; at most half the shorter side is used",
        values: Values::Integer(1, 4096),
        default: "must be given",
        refusal: Some("RoundedCorners param 'r' must be between 1 and 4096"),
    }],
    for_marks: true,
    usage: "RoundedCorners param error, e.g: rounded-corners,r_30",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let radius = arguments.only()?.integer()?;
    draft.step(Operation::RoundedCorners(RoundedCorners { radius }));
    Ok(())
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::RoundedCorners(RoundedCorners { radius }) = operation else { return None };
    Some(DEFINITION.say_number("r", *radius).map(|radius| format!("rounded-corners,{radius}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn radius() {
        let expected = [Operation::RoundedCorners(RoundedCorners { radius: 30 })];
        assert_eq!(steps(Aliyun, "rounded-corners,r_30"), expected);
        assert_eq!(written(Wchaws, "rounded-corners,r_1"), "rounded-corners,r_1");
        assert_eq!(refusal(Wchaws, "rounded-corners,r_4097"), "RoundedCorners param 'r' must be between 1 and 4096");
        assert_eq!(refusal(Wchaws, "rounded-corners"), "RoundedCorners param error, e.g: rounded-corners,r_30");
    }
}
