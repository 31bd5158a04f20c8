use lightmill_recipe::{Operation, Rotate};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "rotate",
    aliases: &[],
    doc: "Clockwise rotation. The canvas grows to hold the turned picture; the corners are nothing, which is white in \
          formats without transparency.",
    origin: Origin::Official,
    example: "rotate,90",
    parameters: &[Parameter {
        name: "",
        doc: "Degrees",
        values: Values::Integer(0, 360),
        default: "must be given",
        refusal: Some("Rotate must be between 0 and 360"),
    }],
    for_marks: true,
    usage: "Rotate param error, e.g: rotate,90",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let degrees = arguments.single()?.integer::<u16>()? % 360;
    draft.step(Operation::Rotate(Rotate { degrees }));
    Ok(())
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Rotate(Rotate { degrees }) = operation else { return None };
    Some(Ok(format!("rotate,{}", degrees % 360)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn degrees() {
        assert_eq!(steps(Aliyun, "rotate,90"), [Operation::Rotate(Rotate { degrees: 90 })]);
        assert_eq!(steps(Aliyun, "rotate,360"), [Operation::Rotate(Rotate { degrees: 0 })]);
        assert_eq!(written(Wchaws, "rotate,45.7"), "rotate,45");
        assert_eq!(refusal(Wchaws, "rotate,361"), "Rotate must be between 0 and 360");
        assert_eq!(refusal(Wchaws, "rotate"), "Rotate param error, e.g: rotate,90");
        assert_eq!(refusal(Wchaws, "rotate,90,"), "Rotate param error, e.g: rotate,90");
        assert_eq!(refusal(Aliyun, "rotate,-1"), "rotate must be a whole number from 0 to 360");
    }
}
