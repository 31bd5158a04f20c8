//! Filters that put something behind or around a picture.

use lightmill_recipe::video::FrameChoice;
use lightmill_recipe::{Backdrop, Corners, Fill, FillCanvas, Flatten, Margins, NinePatch, Operation};

use super::definition::{IMAGOR, THUMBOR, optional, required};
use super::{Argument, Backdrops, Call, Definition, Form, Values};
use crate::Unsayable;
use crate::thumbor::lower::{Draft, position, written};
use crate::thumbor::say::integer;

const BACKDROP: Values = Values::Backdrop(Backdrops::Any);
const FROM_0: Values = Values::Integer(0, i32::MAX);

pub(super) static FILL: Definition = Definition {
    name: "fill",
    doc: "Fills the box that was asked for, with the picture in its middle.",
    forms: &[
        Form::new(
            THUMBOR,
            &[
                required("colour", BACKDROP, "What is around the picture"),
                optional("transparent", Values::Flag, "false", "Whether it is behind transparent pixels too"),
            ],
            "fill(red,true)",
            |call, draft| fill(call, call.flag("transparent").unwrap_or_default(), draft),
        )
        .step(|operation| match operation {
            Operation::Fill(Fill { canvas: FillCanvas::Frame(margins), backdrop, blend })
                if *margins == Margins::default() =>
            {
                let transparent = if *blend { Argument::Flag(true) } else { Argument::Absent };
                Some(vec![Argument::Backdrop(*backdrop), transparent])
            }
            _ => None,
        }),
        Form::new(
            IMAGOR,
            &[required("colour", BACKDROP, "What is around and behind the picture")],
            "fill(red)",
            |call, draft| fill(call, true, draft),
        )
        .step(|operation| match operation {
            Operation::Fill(Fill { canvas: FillCanvas::Frame(_), backdrop, blend: true }) => {
                Some(vec![Argument::Backdrop(*backdrop)])
            }
            _ => None,
        })
        .doc("The padding of the URL is added to the box."),
    ],
};

fn fill(call: &Call, blend: bool, draft: &mut Draft<'_>) {
    let canvas = FillCanvas::Frame(Margins::default());
    draft.each(call.backdrop("colour").map(|backdrop| Operation::Fill(Fill { canvas, backdrop, blend })));
}

pub(super) static PADDING: Definition = Definition {
    name: "padding",
    doc: "A margin around the picture.",
    forms: &[Form::new(
        IMAGOR,
        &[
            required("colour", BACKDROP, "What is around and behind the picture"),
            required("left", FROM_0, "Pixels"),
            optional("top", FROM_0, "left", "Pixels"),
            optional("right", FROM_0, "left", "Pixels"),
            optional("bottom", FROM_0, "top", "Pixels"),
        ],
        "padding(white,10,20,30,40)",
        |call, draft| {
            let left = call.natural("left").unwrap_or_default();
            let top = call.natural("top").unwrap_or(left);
            let right = call.natural("right").unwrap_or(left);
            let bottom = call.natural("bottom").unwrap_or(top);
            let canvas = FillCanvas::Picture(Margins { left, top, right, bottom });
            draft.each(call.backdrop("colour").map(|backdrop| Operation::Fill(Fill { canvas, backdrop, blend: true })));
        },
    )
    .step(|operation| match operation {
        Operation::Fill(Fill { canvas: FillCanvas::Picture(margins), backdrop, blend: true }) => {
            let Margins { left, top, right, bottom } = *margins;
            let all = [integer(left)?, integer(top)?, integer(right)?, integer(bottom)?];
            // What is left out follows the opposite side, and that the left one.
            let given = match (left == top, (left, top) == (right, bottom)) {
                (true, true) => 1,
                (false, true) => 2,
                _ => 4,
            };
            Some(std::iter::once(Argument::Backdrop(*backdrop)).chain(all.into_iter().take(given)).collect())
        }
        _ => None,
    })],
};

pub(super) static BACKGROUND_COLOR: Definition = Definition {
    name: "background_color",
    doc: "A colour behind transparent pixels.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required("colour", Values::Colour, "The colour")],
            "background_color(red)",
            |call, draft| flatten(call.colour("colour").map(Backdrop::Colour), draft),
        )
        .step(|operation| match operation {
            Operation::Flatten(Flatten { backdrop: Backdrop::Colour(colour) }) => Some(vec![Argument::Colour(*colour)]),
            _ => None,
        }),
        Form::new(
            IMAGOR,
            &[required("colour", Values::Backdrop(Backdrops::Flat), "The colour")],
            "background_color(auto)",
            |call, draft| flatten(call.backdrop("colour"), draft),
        )
        .step(|operation| match operation {
            Operation::Flatten(Flatten { backdrop: backdrop @ (Backdrop::Colour(_) | Backdrop::Mean) }) => {
                Some(vec![Argument::Backdrop(*backdrop)])
            }
            _ => None,
        }),
    ],
};

fn flatten(backdrop: Option<Backdrop>, draft: &mut Draft<'_>) {
    draft.each(backdrop.map(|backdrop| Operation::Flatten(Flatten { backdrop })));
}

pub(super) static ROUND_CORNER: Definition = Definition {
    name: "round_corner",
    doc: "Corners rounded to quarters of ellipses.",
    forms: &[
        Form::new(
            THUMBOR,
            &[
                required("radius", Values::Radii, "At most half a side"),
                required("r", FROM_0, "Red of what is outside, 0 to 255"),
                required("g", FROM_0, "Green"),
                required("b", FROM_0, "Blue"),
                optional("transparent", Values::Flag, "false", "Whether nothing is outside"),
            ],
            "round_corner(40|20,0,0,255)",
            |call, draft| {
                let Argument::Radii(x, y) = *call.get("radius") else { return };
                let channel = |name| call.natural(name).unwrap_or_default().min(255) as u8;
                let colour = lightmill_recipe::Colour::opaque(channel("r"), channel("g"), channel("b"));
                let outside = (!call.flag("transparent").unwrap_or_default()).then_some(colour);
                corners(call, (x, y), outside, draft);
            },
        )
        .step(|operation| {
            let Operation::Corners(Corners { radius_x, radius_y, colour }) = operation else { return None };
            let outside = colour.unwrap_or(lightmill_recipe::Colour::BLACK);
            let channels = [outside.red, outside.green, outside.blue].map(|n| Argument::Integer(n.into()));
            let transparent = if colour.is_none() { Argument::Flag(true) } else { Argument::Absent };
            let radii = Argument::Radii(*radius_x, *radius_y);
            Some(std::iter::once(radii).chain(channels).chain([transparent]).collect())
        }),
        Form::new(
            IMAGOR,
            &[
                required("rx", FROM_0, "Horizontal radius"),
                optional("ry", FROM_0, "rx", "Vertical radius"),
                optional("colour", Values::Colour, "transparent", "What is outside"),
            ],
            "round_corner(20,40,red)",
            |call, draft| {
                let x = call.natural("rx").unwrap_or_default();
                corners(call, (x, call.natural("ry").unwrap_or(x)), call.colour("colour"), draft);
            },
        )
        .step(|operation| {
            let Operation::Corners(Corners { radius_x, radius_y, colour }) = operation else { return None };
            let same = radius_x == radius_y && colour.is_none();
            let y = if same { Argument::Absent } else { integer(*radius_y)? };
            Some(vec![integer(*radius_x)?, y, colour.map_or(Argument::Absent, Argument::Colour)])
        })
        .doc("Thumbor's `round_corner(20,255,255,255)` has a vertical radius of 255 here."),
    ],
};

fn corners(
    call: &Call,
    (radius_x, radius_y): (u32, u32),
    colour: Option<lightmill_recipe::Colour>,
    draft: &mut Draft<'_>,
) {
    if radius_x == 0 || radius_y == 0 {
        draft.ignore(call.definition.name);
        return;
    }
    draft.step(Operation::Corners(Corners { radius_x, radius_y, colour }));
}

pub(super) static FRAME: Definition = Definition {
    name: "frame",
    doc: "A frame around the picture.",
    forms: &[
        Form::new(
            THUMBOR,
            &[required("image", Values::Text, "A PNG whose black guides say what may be stretched")],
            "frame(frame.9.png)",
            |call, draft| {
                let Some(input) = call.text("image").and_then(|key| draft.mark(key)) else {
                    draft.ignore(call.definition.name);
                    return;
                };
                draft.step(Operation::NinePatch(NinePatch { input }));
            },
        )
        .mark(|operation, writer| {
            let Operation::NinePatch(NinePatch { input }) = operation else { return None };
            let key = writer.plain_mark(*input).map(|key| vec![Argument::Text(key)]);
            Some(key.ok_or_else(|| Unsayable::new("nine_patch", "nothing can be done to the frame first")))
        })
        .doc("A nine-patch picture, drawn on a canvas that grows by its right and lower insets."),
        Form::new(
            IMAGOR,
            &[required("position", Values::Text, "Part (`0.5`), duration (`5m1s`) or number")],
            "frame(0.5)",
            |call, draft| match call.text("position").and_then(position) {
                Some(frame) => draft.video.frame = Some(frame),
                None => draft.ignore(call.definition.name),
            },
        )
        .setting(|writer| match writer.video_frame().map(|frame| frame.choice) {
            Some(FrameChoice::Exact(at)) => vec![vec![Argument::Text(written(at))]],
            _ => Vec::new(),
        })
        .doc("Which frame of a video is taken; pictures have none."),
    ],
};
