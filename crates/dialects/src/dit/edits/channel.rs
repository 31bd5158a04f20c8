//! Edits of channels and colour spaces.

use lightmill_recipe::Colour;
use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{Bandbool, Channel, Colourspace};

use super::super::Definition;
use crate::sharp::{Stage, Takes, Value, optional, steps};

pub(super) static FLATTEN: Definition = Definition {
    name: "flatten",
    aliases: &[],
    doc: "A colour behind transparent pixels; `true` is black.",
    example: r##"{"background":"#ff8800"}"##,
    takes: Takes::Any(&[Takes::Flag, Takes::Object(&[optional("background", Takes::Colour, "black", "The colour")])]),
    lower: |value, draft| {
        let colour = value.get("background").and_then(Value::colour).unwrap_or(Colour::BLACK);
        match value {
            Value::Flag(false) => draft.pipeline.clear(Stage::Flatten),
            _ => draft.pipeline.set(Stage::Flatten, steps::flatten(colour)),
        }
        Ok(())
    },
};

pub(super) static UNFLATTEN: Definition = Definition {
    name: "unflatten",
    aliases: &[],
    doc: "White pixels become transparent.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        if *value == Value::Flag(true) {
            draft.pipeline.set(Stage::Unflatten, Operation::Unflatten);
        }
        Ok(())
    },
};

pub(super) static REMOVE_ALPHA: Definition = Definition {
    name: "removeAlpha",
    aliases: &[],
    doc: "Transparency is dropped; colours stay.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        if *value == Value::Flag(true) {
            draft.pipeline.set(Stage::RemoveAlpha, Operation::RemoveAlpha);
        }
        Ok(())
    },
};

pub(super) static ENSURE_ALPHA: Definition = Definition {
    name: "ensureAlpha",
    aliases: &[],
    doc: "Transparency of this opacity, where there is none; `true` is 1.",
    example: "0.5",
    takes: Takes::Any(&[Takes::True, Takes::Number(0.0, 1.0)]),
    lower: |value, draft| {
        draft.pipeline.set(Stage::EnsureAlpha, Operation::EnsureAlpha(value.number().unwrap_or(1.0)));
        Ok(())
    },
};

pub(super) static EXTRACT_CHANNEL: Definition = Definition {
    name: "extractChannel",
    aliases: &[],
    doc: "One channel, as grey.",
    example: "\"green\"",
    takes: Takes::Any(&[Takes::Integer(0, 3), Takes::Word(&["red", "green", "blue", "alpha"])]),
    lower: |value, draft| {
        let channel = match (value.number().map(|number| number as u32), value.text()) {
            (Some(0), _) | (_, Some("red")) => Channel::Red,
            (Some(1), _) | (_, Some("green")) => Channel::Green,
            (Some(2), _) | (_, Some("blue")) => Channel::Blue,
            _ => Channel::Alpha,
        };
        draft.pipeline.set(Stage::ExtractChannel, Operation::ExtractChannel(channel));
        Ok(())
    },
};

pub(super) static BANDBOOL: Definition = Definition {
    name: "bandbool",
    aliases: &[],
    doc: "All channels become one, by a bitwise operation.",
    example: "\"and\"",
    takes: Takes::Word(&["and", "or", "eor"]),
    lower: |value, draft| {
        let operation = match value.text() {
            Some("and") => Bandbool::And,
            Some("or") => Bandbool::Or,
            _ => Bandbool::Eor,
        };
        draft.pipeline.set(Stage::Bandbool, Operation::Bandbool(operation));
        Ok(())
    },
};

const SPACES: Takes = Takes::Word(&["srgb", "b-w", "rgb16", "grey16", "scrgb", "cmyk", "lab", "xyz", "lch", "hsv"]);

/// The space that a word names; `None` is sRGB, where every picture is anyway.
fn space(value: &Value) -> Option<Colourspace> {
    Some(match value.text()? {
        "b-w" => Colourspace::BW,
        "rgb16" => Colourspace::Rgb16,
        "grey16" => Colourspace::Grey16,
        "scrgb" => Colourspace::ScRgb,
        "cmyk" => Colourspace::Cmyk,
        "lab" => Colourspace::Lab,
        "xyz" => Colourspace::Xyz,
        "lch" => Colourspace::Lch,
        "hsv" => Colourspace::Hsv,
        _ => return None,
    })
}

pub(super) static PIPELINE_COLOURSPACE: Definition = Definition {
    name: "pipelineColourspace",
    aliases: &["pipelineColorspace"],
    doc: "The space in which the steps are computed.",
    example: "\"rgb16\"",
    takes: SPACES,
    lower: |value, draft| {
        match space(value) {
            Some(space) => draft.pipeline.set(Stage::PipelineColourspace, Operation::PipelineColourspace(space)),
            None => draft.pipeline.clear(Stage::PipelineColourspace),
        }
        Ok(())
    },
};

pub(super) static TO_COLOURSPACE: Definition = Definition {
    name: "toColourspace",
    aliases: &["toColorspace"],
    doc: "The space of the result.",
    example: "\"b-w\"",
    takes: SPACES,
    lower: |value, draft| {
        match space(value) {
            Some(Colourspace::BW) => draft.pipeline.set(Stage::Colourspace, steps::greyscale()),
            Some(space) => draft.pipeline.set(Stage::Colourspace, Operation::Colourspace(space)),
            None => draft.pipeline.clear(Stage::Colourspace),
        }
        Ok(())
    },
};

/// Sharp reads text here as the name of a local file, which no request may reach.
const NO_FILES: Takes = Takes::Nothing("its value would be a file of the server");

pub(super) static JOIN_CHANNEL: Definition = Definition {
    name: "joinChannel",
    aliases: &[],
    doc: "Refused: the reference server reads the value as the name of a file of its own.",
    example: "",
    takes: NO_FILES,
    lower: |_, _| Ok(()),
};

pub(super) static BOOLEAN: Definition = Definition {
    name: "boolean",
    aliases: &[],
    doc: "Refused: the reference server reads the value as the name of a file of its own.",
    example: "",
    takes: NO_FILES,
    lower: |_, _| Ok(()),
};
