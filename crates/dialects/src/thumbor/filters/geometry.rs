//! Filters that decide sizes and what is kept of a picture.

use lightmill_recipe::{Cut, Edges, Growth, Method, Operation, Rotate};

use super::definition::{BOTH, IMAGOR, THUMBOR, optional, required};
use super::{Argument, Call, Definition, Form, Values};
use crate::thumbor::Flavour;
use crate::thumbor::lower::{Draft, corner, filter_trim};
use crate::thumbor::say::{Said, Writer, decimal, once};

const FROM_0: Values = Values::Decimal(0.0, f64::INFINITY);
const ANY_INTEGER: Values = Values::Integer(i32::MIN, i32::MAX);

pub(super) static FOCAL: Definition = Definition {
    name: "focal",
    doc: "A rectangle that matters: what is cut is cut around the centre of all of them, weighted by their areas. It \
          holds wherever it stands, and `smart` looks for nothing then.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required("region", Values::Region, "In pixels of the picture as stored")],
            "focal(0x0:20x20)",
            focal,
        )
        .setting(say_focal),
        Form::new(
            IMAGOR,
            &[required("region", Values::Region, "In pixels, or as parts of width and height")],
            "focal(0.25x0.25:0.5x0.5)",
            focal,
        )
        .doc("Also a point: `focal(0.35,0.25)`.")
        .setting(say_focal)
        .one_argument(),
    ],
};

fn focal(call: &Call, draft: &mut Draft<'_>) {
    draft.focal_regions.extend(call.region("region"));
}

fn say_focal(writer: &Writer<'_>) -> Vec<Said> {
    writer.regions().iter().map(|region| vec![Argument::Region(*region)]).collect()
}

pub(super) static EXTRACT_FOCAL: Definition = Definition {
    name: "extract_focal",
    doc: "The image is itself a URL of the language: the window that it crops is what matters, and its own image is the \
          picture.",
    forms: &[Form::new(THUMBOR, &[], "extract_focal()", |_, draft| {
        draft.extract_focal = true;
    })],
};

pub(super) static NO_UPSCALE: Definition = Definition {
    name: "no_upscale",
    doc: "Width and height are at most those of the picture, each by itself. It holds wherever it stands.",
    forms: &[Form::new(BOTH, &[], "no_upscale()", |_, draft| {
        draft.growth = Growth::Never;
    })
    .setting(|writer| once(writer.reframe().is_some_and(|reframe| reframe.growth == Growth::Never)))],
};

pub(super) static UPSCALE: Definition = Definition {
    name: "upscale",
    doc: "A picture that fits into its box is enlarged to it.",
    forms: &[
        Form::new(THUMBOR, &[], "upscale()", |_, draft| draft.step(Operation::Grow))
            .step(|operation| matches!(operation, Operation::Grow).then(Vec::new)),
        Form::new(IMAGOR, &[], "upscale()", |_, draft| {
            draft.growth = Growth::Always;
        })
        .setting(|writer| once(writer.reframe().is_some_and(|reframe| reframe.growth == Growth::Always))),
    ],
};

pub(super) static STRETCH: Definition = Definition {
    name: "stretch",
    doc: "Exactly the size asked for, aspect ratio not kept. It holds wherever it stands.",
    forms: &[Form::new(BOTH, &[], "stretch()", |_, draft| {
        draft.stretch = true;
    })
    .setting(|writer| {
        let stretched = writer.reframe().is_some_and(|reframe| reframe.method == Method::Stretch);
        // imagor has a part of the URL for it.
        once(stretched && writer.flavour() == Flavour::Thumbor)
    })],
};

pub(super) static PROPORTION: Definition = Definition {
    name: "proportion",
    doc: "Both sides times a factor, cut to whole pixels.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required("factor", FROM_0, "Above 0 and at most 1, else nothing happens")],
            "proportion(0.5)",
            proportion,
        )
        .step(say_proportion),
        Form::new(
            IMAGOR,
            &[required("factor", FROM_0, "Above 0; up to 1 a factor, up to 100 percent")],
            "proportion(50)",
            |call, draft| match call.decimal("factor") {
                Some(percent) if percent > 1.0 && percent <= 100.0 => {
                    draft.step(Operation::Proportion(percent as f32 / 100.0));
                }
                _ => proportion(call, draft),
            },
        )
        .step(say_proportion),
    ],
};

fn proportion(call: &Call, draft: &mut Draft<'_>) {
    let factor = call.decimal("factor").filter(|factor| *factor > 0.0 && *factor <= 1.0);
    if factor.is_none() {
        draft.ignore(call.definition.name);
    }
    draft.each(factor.map(|factor| Operation::Proportion(factor as f32)));
}

fn say_proportion(operation: &Operation) -> Option<Said> {
    let Operation::Proportion(factor) = operation else { return None };
    Some(vec![decimal(*factor)?])
}

pub(super) static ROTATE: Definition = Definition {
    name: "rotate",
    doc: "Turns counter-clockwise by quarters; other angles have no effect.",
    forms: &[Form::new(BOTH, &[required("degrees", ANY_INTEGER, "A multiple of 90")], "rotate(90)", |call, draft| {
        let turned = turn(call, draft);
        draft.each(turned);
    })
    .step(|operation| match operation {
        Operation::Rotate(Rotate { degrees }) => say_turn(*degrees),
        _ => None,
    })],
};

pub(super) static ORIENT: Definition = Definition {
    name: "orient",
    doc: "As `rotate`, before everything else.",
    forms: &[Form::new(
        IMAGOR,
        &[required("degrees", ANY_INTEGER, "A multiple of 90")],
        "orient(90)",
        |call, draft| {
            draft.turn = turn(call, draft);
        },
    )
    .setting(|writer| writer.frame.turn.and_then(say_turn).into_iter().collect())],
};

/// A turn by quarters, clockwise as the vocabulary has it.
fn turn(call: &Call, draft: &mut Draft<'_>) -> Option<Operation> {
    let degrees = call.integer("degrees")?;
    if degrees % 90 != 0 {
        draft.ignore(call.definition.name);
        return None;
    }
    let degrees = (-i64::from(degrees)).rem_euclid(360) as u16;
    (degrees > 0).then_some(Operation::Rotate(Rotate { degrees }))
}

/// Counter-clockwise degrees, for a turn by quarters clockwise.
fn say_turn(degrees: u16) -> Option<Said> {
    let is_quarter = (1..360).contains(&degrees) && degrees.is_multiple_of(90);
    is_quarter.then(|| vec![Argument::Integer(360 - i32::from(degrees))])
}

pub(super) static CROP: Definition = Definition {
    name: "crop",
    doc: "A window of the resized picture. Numbers between 0 and 1 are parts of width and height.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("left", FROM_0, "First column"),
            required("top", FROM_0, "First row"),
            required("width", FROM_0, "Columns"),
            required("height", FROM_0, "Rows"),
        ],
        "crop(10,20,200,100)",
        |call, draft| {
            let [left, top, width, height] =
                ["left", "top", "width", "height"].map(|name| call.decimal(name).unwrap_or_default());
            let window = Some(Edges::Box { left, top, width, height });
            draft.step(Operation::Cut(Cut { trim: None, window }));
        },
    )
    .step(|operation| match operation {
        Operation::Cut(Cut { trim: None, window: Some(Edges::Box { left, top, width, height }) }) => {
            Some([left, top, width, height].map(|number| Argument::Decimal(*number)).to_vec())
        }
        _ => None,
    })],
};

pub(super) static TRIM: Definition = Definition {
    name: "trim",
    doc: "Takes a border off, as the part `trim` of the URL does.",
    forms: &[Form::new(
        IMAGOR,
        &[
            optional("tolerance", Values::Integer(0, i32::MAX), "1", "How far a colour may be from the border's"),
            optional("corner", Values::Word(&["top-left", "bottom-right"]), "top-left", "Whose colour is the border's"),
        ],
        "trim(10,bottom-right)",
        |call, draft| {
            let corner = corner(call.word("corner").unwrap_or("top-left"));
            draft.trim = Some(filter_trim(corner, call.natural("tolerance").unwrap_or(1)));
        },
    )],
};
