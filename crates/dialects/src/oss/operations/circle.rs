use lightmill_recipe::{Circle, Operation};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "circle",
    aliases: &[],
    doc: "A disc from the middle; the canvas becomes as small as the disc. Around it is nothing, which is white in \
          formats without transparency.",
    origin: Origin::Official,
    example: "circle,r_100",
    parameters: &[Parameter {
        name: "r",
        doc: "Radius in pixels; at most half the shorter side is used",
        values: Values::Integer(1, 4096),
        default: "must be given",
        refusal: Some("Circle param 'r' must be between 1 and 4096"),
    }],
    for_marks: true,
    usage: "Circle param error, e.g: circle,r_30",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let radius = arguments.only()?.integer()?;
    draft.step(Operation::Circle(Circle { radius, centre: arguments.flavour.circle_centre() }));
    Ok(())
}

fn say(operation: &Operation, writer: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Circle(Circle { radius, centre }) = operation else { return None };
    if *centre != writer.options.flavour.circle_centre() {
        return Some(Err(CannotSay::new("a disc that lies half a pixel elsewhere")));
    }
    Some(DEFINITION.say_number("r", *radius).map(|radius| format!("circle,{radius}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use lightmill_recipe::CircleCentre;

    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn radius() {
        let centred = Circle { radius: 4096, centre: CircleCentre::Canvas };
        assert_eq!(steps(Aliyun, "circle,r_4096"), [Operation::Circle(centred)]);
        let off = Circle { radius: 9, centre: CircleCentre::Radius };
        assert_eq!(steps(Wchaws, "circle,r_9"), [Operation::Circle(off)]);
        assert_eq!(written(Wchaws, "circle,r_50x"), "circle,r_50");
        assert_eq!(refusal(Wchaws, "circle,r_0"), "Circle param 'r' must be between 1 and 4096");
        assert_eq!(refusal(Wchaws, "circle"), "Circle param error, e.g: circle,r_30");
        assert_eq!(refusal(Wchaws, "circle,r_1,r_2"), "Circle param error, e.g: circle,r_30");
        assert_eq!(refusal(Aliyun, "circle,"), "Circle param error, e.g: circle,r_30");
        assert_eq!(refusal(Aliyun, "circle,r_4097"), "circle r must be a whole number from 1 to 4096");
    }
}
