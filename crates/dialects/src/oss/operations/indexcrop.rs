use lightmill_recipe::{Operation, Tile, TileAxis};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "indexcrop",
    aliases: &[],
    doc: "Cuts the picture into equal tiles, side by side (`x`) or one below the other (`y`), and keeps one of them. \
          The last tile may be short; a tile that does not exist leaves the picture as it is. Exactly one of `x` and \
          `y` is given.",
    origin: Origin::Official,
    example: "indexcrop,x_100,i_0",
    parameters: &[
        Parameter {
            name: "x",
            doc: "Width of a tile in pixels",
            values: Values::Integer(1, i32::MAX as i64),
            default: "–",
            refusal: Some("Param error:  x value must be greater than 0"),
        },
        Parameter {
            name: "y",
            doc: "Height of a tile in pixels",
            values: Values::Integer(1, i32::MAX as i64),
            default: "–",
            refusal: Some("Param error:  y value must be greater than 0"),
        },
        Parameter {
            name: "i",
            doc: "Number of the tile, from 0",
            values: Values::Integer(0, i32::MAX as i64),
            default: "0",
            refusal: None,
        },
    ],
    for_marks: true,
    usage: "IndexCrop param error, e.g: indexcrop,x_100,i_0",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.flavour.is_reference_server() && arguments.count() < 2 {
        return Err(arguments.usage());
    }
    let (mut x, mut y, mut index) = (None, None, 0);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "x" => x = Some(value.integer()?),
            "y" => y = Some(value.integer()?),
            _ => index = value.integer()?,
        }
    }
    let (axis, length) = match (x, y) {
        (Some(_), Some(_)) => return Err(Error::Usage("Param error:  Cannot enter x and y at the same time")),
        (Some(x), None) => (TileAxis::Horizontal, x),
        (None, Some(y)) => (TileAxis::Vertical, y),
        (None, None) => return Err(arguments.usage()),
    };
    draft.step(Operation::Tile(Tile { axis, length, index }));
    Ok(())
}

fn say(operation: &Operation, _: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Tile(Tile { axis, length, index }) = operation else { return None };
    let axis = if *axis == TileAxis::Horizontal { "x" } else { "y" };
    let length = DEFINITION.say_number(axis, *length);
    let index = DEFINITION.say_number("i", *index);
    Some(length.and_then(|length| Ok(format!("indexcrop,{length},{}", index?))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn tiles() {
        let tile = Tile { axis: TileAxis::Vertical, length: 100, index: 3 };
        assert_eq!(steps(Wchaws, "indexcrop,y_100,i_3"), [Operation::Tile(tile)]);
        assert_eq!(written(Aliyun, "indexcrop,x_100"), "indexcrop,x_100,i_0");
        assert_eq!(written(Wchaws, "indexcrop,i_2,y_9"), "indexcrop,y_9,i_2");
    }

    #[test]
    fn refusals() {
        let both = "Param error:  Cannot enter x and y at the same time";
        assert_eq!(refusal(Wchaws, "indexcrop,x_10,y_10"), both);
        let usage = "IndexCrop param error, e.g: indexcrop,x_100,i_0";
        assert_eq!(refusal(Wchaws, "indexcrop,x_10"), usage);
        assert_eq!(refusal(Wchaws, "indexcrop,i_1,"), usage);
        assert_eq!(refusal(Wchaws, "indexcrop,x_-1,i_0"), "Param error:  x value must be greater than 0");
        assert_eq!(refusal(Wchaws, "indexcrop,x_10,i_-1"), "indexcrop i must be a whole number from 0");
        assert_eq!(refusal(Aliyun, "indexcrop,i_1"), usage);
    }
}
