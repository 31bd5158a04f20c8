//! Transformations of size, window and side.

use lightmill_recipe::sharp::{Kernel, Placement, SharpFit, SharpResize, SharpTarget, SmartCrop};
use lightmill_recipe::{Colour, Gravity, Operation, Orientation};

use super::Definition;
use crate::dit_ecs::Options;
use crate::sharp::{Json, Takes, Value, optional, required, steps};

const SIDE: Takes = Takes::Integer(1, 4000);
const PIXELS: Takes = Takes::Integer(0, 100_000);
const LENGTH: Takes = Takes::Integer(1, 100_000);

/// A window of the picture.
const WINDOW: Takes = Takes::Object(&[
    required("left", PIXELS, "First column"),
    required("top", PIXELS, "First row"),
    required("width", LENGTH, "Columns"),
    required("height", LENGTH, "Rows"),
]);

pub(super) static RESIZE: Definition = Definition {
    rank: 3,
    check: |value| {
        let some = ["width", "height", "ratio"].iter().any(|name| value.get(name).is_some());
        if some { Ok(()) } else { Err("must have a width, a height or a ratio".to_owned()) }
    },
    ..Definition::new(
        "resize",
        Takes::Object(&[
            optional("width", SIDE, "follows from the height", "Columns"),
            optional("height", SIDE, "follows from the width", "Rows"),
            optional(
                "fit",
                Takes::Word(&["cover", "contain", "fill", "inside", "outside"]),
                "`cover`, with `ratio` `inside`",
                "How the picture meets the size",
            ),
            optional("background", Takes::Colour, "black", "What `contain` fills up with"),
            optional(
                "withoutEnlargement",
                Takes::Flag,
                "`false`",
                "The picture is not scaled up; the box keeps its size",
            ),
            optional(
                "ratio",
                Takes::Number(0.0001, 1.0),
                "1",
                "A factor on `width` and `height`, or on the picture's own size",
            ),
        ]),
        "resize.width=300&resize.height=200",
        "Another size.",
        |value, draft| {
            let side = |name| value.get(name).and_then(Value::number);
            let pixels = |side: f64| (side.round() as u32).max(1);
            let ratio = side("ratio");
            let target = match (side("width"), side("height"), ratio) {
                (Some(width), Some(height), Some(ratio)) => {
                    SharpTarget::Box { width: Some(pixels(width * ratio)), height: Some(pixels(height * ratio)) }
                }
                (_, _, Some(ratio)) => SharpTarget::Ratio(ratio),
                (width, height, None) => SharpTarget::Box { width: width.map(pixels), height: height.map(pixels) },
            };
            let fit = match value.get("fit").and_then(Value::text) {
                Some("contain") => {
                    SharpFit::Contain(value.get("background").and_then(Value::colour).unwrap_or(Colour::BLACK))
                }
                Some("fill") => SharpFit::Fill,
                Some("outside") => SharpFit::Outside,
                Some("inside") => SharpFit::Inside,
                None if ratio.is_some() => SharpFit::Inside,
                _ => SharpFit::Cover,
            };
            draft.pipeline.resize(SharpResize {
                target,
                fit,
                placement: Placement::Gravity(Gravity::Centre),
                kernel: Kernel::default(),
                without_enlargement: value.is_set("withoutEnlargement"),
                without_reduction: false,
            });
            Ok(())
        },
    )
};

pub(super) static EXTRACT: Definition = Definition {
    rank: 2,
    shape: corners,
    ..Definition::new(
        "extract",
        WINDOW,
        "extract=10,20,110,120",
        "A window, before the resize: left, top, right, bottom, as the reference server runs it; left, top, width, height, as \
         its documentation says, where the third number is not above the first or the fourth not above the second.",
        |value, draft| {
            draft.pipeline.extract(window(value));
            Ok(())
        },
    )
};

pub(super) static CROP: Definition = Definition {
    rank: 2,
    shape: |json, _| numbers(json).map_or_else(|| json.clone(), rectangle),
    ..Definition::new(
        "crop",
        WINDOW,
        "crop=10,20,100,100",
        "A window, before the resize: left, top, width, height. Not known to the reference server.",
        |value, draft| {
            draft.pipeline.extract(window(value));
            Ok(())
        },
    )
};

fn window(value: &Value) -> Operation {
    let number = |name| value.natural(name).unwrap_or_default();
    steps::crop(number("left"), number("top"), number("width"), number("height"))
}

/// Four numbers of a list.
fn numbers(json: &Json) -> Option<[f64; 4]> {
    let Json::List(items) = json else { return None };
    let number = |item: &Json| match item {
        Json::Text(text) => text.parse().ok(),
        Json::Number(number) => Some(*number),
        _ => None,
    };
    items.iter().map(number).collect::<Option<Vec<f64>>>()?.try_into().ok()
}

fn rectangle([left, top, width, height]: [f64; 4]) -> Json {
    let members = [("left", left), ("top", top), ("width", width), ("height", height)];
    Json::object(members.map(|(name, number)| (name, Json::Number(number))))
}

/// Corners as a rectangle.
fn corners(json: &Json, options: &Options) -> Json {
    let Some([left, top, right, bottom]) = numbers(json) else { return json.clone() };
    if options.compat || (right > left && bottom > top) {
        return rectangle([left, top, right - left, bottom - top]);
    }
    rectangle([left, top, right, bottom])
}

pub(super) static SMART_CROP: Definition = Definition {
    rank: 0,
    ..Definition::new(
        "smartCrop",
        Takes::Any(&[
            Takes::Flag,
            Takes::Object(&[
                optional("faceIndex", Takes::Integer(0, 15), "0", "Number of the face").or("index"),
                optional("padding", Takes::Rounded(0, 100_000), "0", "Pixels around it"),
                optional("faces", Takes::Flag, "`true`", "Whether faces are looked for"),
            ]),
        ]),
        "smartCrop.index=1&smartCrop.padding=20",
        "The window around a face of the source. Without a face the picture stays.",
        |value, draft| {
            let off = *value == Value::Flag(false) || value.get("faces") == Some(&Value::Flag(false));
            if !off {
                let face_index = value.natural("faceIndex").unwrap_or(0);
                let crop = SmartCrop { face_index, padding: value.number_or("padding", 0.0) as i32 };
                draft.pipeline.extract(Operation::SmartCrop(crop));
            }
            Ok(())
        },
    )
};

pub(super) static ROTATE: Definition = Definition::new(
    "rotate",
    Takes::Any(&[Takes::Null, Takes::Number(-1e6, 1e6)]),
    "rotate=90",
    "Clockwise rotation behind the resize, with black corners; `null` is upright by EXIF.",
    |value, draft| {
        match value.number() {
            Some(degrees) => draft.pipeline.rotate(degrees),
            None => draft.orientation = Orientation::Apply,
        }
        Ok(())
    },
);

pub(super) static FLIP: Definition =
    Definition::new("flip", Takes::Flag, "flip=true", "Upside down.", |value, draft| {
        draft.pipeline.flip(*value == Value::Flag(true));
        Ok(())
    });

pub(super) static FLOP: Definition =
    Definition::new("flop", Takes::Flag, "flop=true", "Left becomes right.", |value, draft| {
        draft.pipeline.flop(*value == Value::Flag(true));
        Ok(())
    });
