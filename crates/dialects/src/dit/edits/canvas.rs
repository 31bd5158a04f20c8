//! Edits that change the canvas.

use lightmill_recipe::Colour;
use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{Extend, ExtendWith, SharpTrim};

use super::super::lower::Draft;
use super::super::{Definition, Error};
use crate::sharp::{Stage, Takes, Value, optional, required, steps};

/// Numbers that are no window are told by an error of their own.
const ANY: Takes = Takes::Number(-1e9, 1e9);
const PIXELS: Takes = Takes::Integer(0, 100_000);

const WINDOW: Takes = Takes::Object(&[
    required("left", ANY, "First column, from 0"),
    required("top", ANY, "First row, from 0"),
    required("width", ANY, "Columns, 1 or more"),
    required("height", ANY, "Rows, 1 or more"),
]);

pub(super) static CROP: Definition = Definition {
    name: "crop",
    aliases: &[],
    doc: "A window of the picture; of the result, if it stands behind `resize` or is the second one.",
    example: r#"{"left":10,"top":20,"width":300,"height":200}"#,
    takes: WINDOW,
    lower: window,
};

pub(super) static EXTRACT: Definition = Definition {
    name: "extract",
    aliases: &[],
    doc: "The same; with both there is a window before and one behind the resize.",
    example: r#"{"left":10,"top":20,"width":300,"height":200}"#,
    takes: WINDOW,
    lower: window,
};

fn window(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let number = |name: &str, least: f64| {
        let number = value.number_or(name, -1.0);
        if number.fract() == 0.0 && number >= least { Ok(number as u32) } else { Err(Error::CropArea) }
    };
    let (left, top) = (number("left", 0.0)?, number("top", 0.0)?);
    draft.pipeline.extract(steps::crop(left, top, number("width", 1.0)?, number("height", 1.0)?));
    Ok(())
}

pub(super) static EXTEND: Definition = Definition {
    name: "extend",
    aliases: &[],
    doc: "Pixels around the picture; a number alone is all four sides.",
    example: r##"{"top":10,"bottom":20,"left":5,"right":5,"background":"#0000ff"}"##,
    takes: Takes::Any(&[
        PIXELS,
        Takes::Object(&[
            optional("top", PIXELS, "0", "Rows above"),
            optional("bottom", PIXELS, "0", "Rows below"),
            optional("left", PIXELS, "0", "Columns on the left"),
            optional("right", PIXELS, "0", "Columns on the right"),
            optional(
                "extendWith",
                Takes::Word(&["background", "copy", "repeat", "mirror"]),
                "`background`",
                "What is there",
            ),
            optional("background", Takes::Colour, "black", "The colour that is there"),
        ]),
    ]),
    lower: |value, draft| {
        let all = value.number().map(|pixels| pixels as u32);
        let side = |name| all.or_else(|| value.natural(name)).unwrap_or(0);
        let colour = value.get("background").and_then(Value::colour).unwrap_or(Colour::BLACK);
        let with = match value.get("extendWith").and_then(Value::text) {
            Some("copy") => ExtendWith::Copy,
            Some("repeat") => ExtendWith::Repeat,
            Some("mirror") => ExtendWith::Mirror,
            _ => ExtendWith::Background(colour),
        };
        let extend =
            Extend { top: side("top"), bottom: side("bottom"), left: side("left"), right: side("right"), with };
        draft.pipeline.set(Stage::Extend, Operation::Extend(extend));
        Ok(())
    },
};

pub(super) static TRIM: Definition = Definition {
    name: "trim",
    aliases: &[],
    doc: "A border of one colour is taken off, before everything else.",
    example: r#"{"threshold":10}"#,
    takes: Takes::Object(&[
        optional("background", Takes::Colour, "that of the upper left pixel", "The border's colour"),
        optional("threshold", Takes::Number(0.0, 1e6), "10", "How much a channel may differ"),
        optional("lineArt", Takes::Flag, "`false`", "Whether the picture is line art, which is not smoothed first"),
    ]),
    lower: trim,
};

#[expect(clippy::unnecessary_wraps, reason = "edits are lowered by functions of one type")]
fn trim(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let background = value.get("background").and_then(Value::colour);
    let threshold = value.number_or("threshold", 10.0);
    let trim = SharpTrim { background, threshold, line_art: value.is_set("lineArt") };
    draft.pipeline.trim(Operation::SharpTrim(trim));
    Ok(())
}
