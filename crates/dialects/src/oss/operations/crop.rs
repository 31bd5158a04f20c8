use lightmill_recipe::{Crop, Gravity, Operation};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

/// Pixels without a bound of their own: a window that is larger than the picture is cut at its edges.
const LENGTH: Values = Values::Integer(1, i32::MAX as i64);
const DISTANCE: Values = Values::Integer(0, i32::MAX as i64);

const GRAVITIES: [(&str, Gravity); 9] = [
    ("nw", Gravity::NorthWest),
    ("north", Gravity::North),
    ("ne", Gravity::NorthEast),
    ("west", Gravity::West),
    ("center", Gravity::Centre),
    ("east", Gravity::East),
    ("sw", Gravity::SouthWest),
    ("south", Gravity::South),
    ("se", Gravity::SouthEast),
];

pub(super) static DEFINITION: Definition = Definition {
    name: "crop",
    aliases: &[],
    doc: "A window of the picture, cut at its edges; one that starts outside of it is refused. `g` places the window \
          itself; in the flavours `wchaws` and `keithyt06` it names the cell of a 3×3 grid at whose upper left corner \
          the window starts. `x` and `y` are added.",
    origin: Origin::Official,
    example: "crop,w_100,h_100,g_center",
    parameters: &[
        Parameter {
            name: "w",
            doc: "Width in pixels",
            values: LENGTH,
            default: "to the right edge",
            refusal: Some("Crop param w must be greater than  0"),
        },
        Parameter {
            name: "h",
            doc: "Height in pixels",
            values: LENGTH,
            default: "to the lower edge",
            refusal: Some("Crop param h must be greater than  0"),
        },
        Parameter {
            name: "x",
            doc: "Pixels to the right of the origin",
            values: DISTANCE,
            default: "0",
            refusal: Some("Crop param x must be greater than or equal to 0"),
        },
        Parameter {
            name: "y",
            doc: "Pixels below the origin",
            values: DISTANCE,
            default: "0",
            refusal: Some("Crop param y must be greater than or equal to 0"),
        },
        Parameter {
            name: "g",
            doc: "Origin",
            values: Values::Word(&["nw", "north", "ne", "west", "center", "east", "sw", "south", "se"]),
            default: "nw",
            refusal: Some("Crop param g must be one of nw, north, ne, west, center, east, sw, south, se."),
        },
    ],
    for_marks: true,
    usage: "Crop param error, e.g: crop,x_100,y_50",
    read,
    say: Say::Step(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.count() == 0 {
        return Err(arguments.usage());
    }
    let origin = arguments.flavour.crop_origin();
    let mut crop = Crop { width: None, height: None, x: 0, y: 0, gravity: Gravity::NorthWest, origin };
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "w" => crop.width = Some(value.integer()?),
            "h" => crop.height = Some(value.integer()?),
            "x" => crop.x = value.integer()?,
            "y" => crop.y = value.integer()?,
            _ => {
                let word = value.choice()?;
                let named = GRAVITIES.iter().find(|(name, _)| *name == word);
                crop.gravity = named.map(|(_, gravity)| *gravity).ok_or_else(|| value.refused())?;
            }
        }
    }
    draft.step(Operation::Crop(crop));
    Ok(())
}

fn say(operation: &Operation, writer: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Crop(crop) = operation else { return None };
    Some(say_crop(*crop, writer).map(|parts| parts.join(",")))
}

fn say_crop(crop: Crop, writer: &Writer<'_>) -> Result<Vec<String>, CannotSay> {
    if crop.gravity != Gravity::NorthWest && crop.origin != writer.options.flavour.crop_origin() {
        return Err(CannotSay::new("a crop that counts from its gravity in the other way"));
    }
    let mut parts = vec![DEFINITION.name.to_owned()];
    for (name, value) in [("w", crop.width), ("h", crop.height)] {
        if let Some(value) = value {
            parts.push(DEFINITION.say_number(name, value)?);
        }
    }
    for (name, value) in [("x", crop.x), ("y", crop.y)] {
        if value > 0 {
            parts.push(DEFINITION.say_number(name, value)?);
        }
    }
    if crop.gravity != Gravity::NorthWest {
        let named = GRAVITIES.iter().find(|(_, gravity)| *gravity == crop.gravity);
        parts.extend(named.map(|(name, _)| format!("g_{name}")));
    }
    if parts.len() == 1 {
        // An action without parameters is refused.
        parts.push("x_0".to_owned());
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::CropOrigin;

    use super::super::testing::{recipe, refusal, said, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Keithyt06, Wchaws};

    #[test]
    fn windows() {
        let crop =
            |origin| Crop { width: Some(50), height: Some(60), x: 10, y: 20, gravity: Gravity::SouthEast, origin };
        let text = "crop,x_10,y_20,w_50,h_60,g_se";
        assert_eq!(steps(Aliyun, text), [Operation::Crop(crop(CropOrigin::Window))]);
        assert_eq!(steps(Wchaws, text), [Operation::Crop(crop(CropOrigin::Cell))]);
        assert_eq!(steps(Keithyt06, text), [Operation::Crop(crop(CropOrigin::Cell))]);
    }

    #[test]
    fn refusals() {
        assert_eq!(refusal(Wchaws, "crop,w_0"), "Crop param w must be greater than  0");
        assert_eq!(refusal(Wchaws, "crop,h_-1"), "Crop param h must be greater than  0");
        assert_eq!(refusal(Wchaws, "crop,x_-1"), "Crop param x must be greater than or equal to 0");
        assert_eq!(
            refusal(Wchaws, "crop,g_abc"),
            "Crop param g must be one of nw, north, ne, west, center, east, sw, south, se."
        );
        assert_eq!(refusal(Wchaws, "crop"), "Crop param error, e.g: crop,x_100,y_50");
        assert_eq!(refusal(Aliyun, "crop,w_0"), "crop w must be a whole number from 1");
        assert_eq!(refusal(Aliyun, "crop,xx"), "Unkown param: \"xx\"");
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "crop,g_center,h_2,y_0,w_1,x_3"), "crop,w_1,h_2,x_3,g_center");
        assert_eq!(written(Wchaws, "crop,g_nw"), "crop,x_0");
        let grid = recipe(Wchaws, "crop,g_se").unwrap();
        assert!(said(Aliyun, &grid).is_err());
    }
}
