//! Edits that turn and mirror.

use lightmill_recipe::sharp::{Affine, Interpolator};
use lightmill_recipe::{Colour, Metadata, Operation, Orientation};

use super::super::Definition;
use crate::sharp::{Stage, Takes, Value};

pub(super) static ROTATE: Definition = Definition {
    name: "rotate",
    aliases: &[],
    doc: "Clockwise rotation on a growing canvas with black corners; before `resize` if it stands before. `null` is upright by \
          EXIF, without metadata.",
    example: "90",
    takes: Takes::Any(&[Takes::Null, Takes::Number(-1e6, 1e6)]),
    lower: |value, draft| {
        if let Some(degrees) = value.number() {
            draft.pipeline.rotate(degrees);
        } else {
            draft.orientation = Orientation::Apply;
            draft.metadata = Some(Metadata::Drop);
        }
        Ok(())
    },
};

pub(super) static AUTO_ORIENT: Definition = Definition {
    name: "autoOrient",
    aliases: &[],
    doc: "Upright by EXIF. Of effect only where the mount leaves pictures as they are stored.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        if *value == Value::Flag(true) {
            draft.orientation = Orientation::Apply;
        }
        Ok(())
    },
};

pub(super) static FLIP: Definition = Definition {
    name: "flip",
    aliases: &[],
    doc: "Upside down.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        draft.pipeline.flip(*value == Value::Flag(true));
        Ok(())
    },
};

pub(super) static FLOP: Definition = Definition {
    name: "flop",
    aliases: &[],
    doc: "Left becomes right.",
    example: "true",
    takes: Takes::Flag,
    lower: |value, draft| {
        draft.pipeline.flop(*value == Value::Flag(true));
        Ok(())
    },
};

pub(super) static AFFINE: Definition = Definition {
    name: "affine",
    aliases: &[],
    doc: "A linear map of coordinates: `[a, b, c, d]` takes (x, y) to (a·x + b·y, c·x + d·y). Corners are black.",
    example: "[[1,0.3],[0.1,0.7]]",
    takes: Takes::Any(&[Takes::Numbers(4, 4), Takes::Square(&[2])]),
    lower: |value, draft| {
        let numbers: Vec<f64> = match value {
            Value::Numbers(numbers) => numbers.clone(),
            Value::Rows(rows) => rows.concat(),
            _ => Vec::new(),
        };
        let [a, b, c, d] = numbers[..] else { return Ok(()) };
        let affine = Affine {
            matrix: [a, b, c, d],
            background: Colour::BLACK,
            input: (0.0, 0.0),
            output: (0.0, 0.0),
            interpolator: Interpolator::default(),
        };
        draft.pipeline.set(Stage::Affine, Operation::Affine(affine));
        Ok(())
    },
};
