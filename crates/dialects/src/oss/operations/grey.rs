use lightmill_recipe::Operation;

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "grey",
    aliases: &[],
    doc: "Luma only.",
    origin: Origin::Extension,
    example: "grey,1",
    parameters: &[Parameter {
        name: "",
        doc: "`1`: grey; `0`: as it is",
        values: Values::Word(&["0", "1"]),
        default: "must be given",
        refusal: Some("Grey must be 0 or 1"),
    }],
    for_marks: false,
    usage: "Grey param error, e.g: grey,1",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.single()?.flag()? {
        draft.step(Operation::Greyscale);
    }
    Ok(())
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    matches!(operation, Operation::Greyscale).then(|| Ok("grey,1".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn on_and_off() {
        assert_eq!(steps(Aliyun, "grey,1"), [Operation::Greyscale]);
        assert_eq!(steps(Aliyun, "grey,0"), []);
        assert_eq!(written(Aliyun, "grey,1/grey,0"), "grey,1");
        assert_eq!(refusal(Wchaws, "grey,2"), "Grey must be 0 or 1");
        assert_eq!(refusal(Wchaws, "grey"), "Grey param error, e.g: grey,1");
        assert_eq!(refusal(Aliyun, "grey,yes"), "grey must be one of 0, 1");
    }
}
