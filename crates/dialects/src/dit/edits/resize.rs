use lightmill_recipe::sharp::{Kernel, Placement, SharpFit, SharpResize, SharpTarget};
use lightmill_recipe::{Colour, Gravity};

use super::super::lower::Draft;
use super::super::{Definition, Error};
use crate::sharp::{Takes, Value, optional};

/// Sizes below 1 are told by an error of their own.
const SIDE: Takes = Takes::Rounded(i32::MIN as i64, i32::MAX as i64);
const KERNELS: [(&str, Kernel); 8] = [
    ("nearest", Kernel::Nearest),
    ("linear", Kernel::Linear),
    ("cubic", Kernel::Cubic),
    ("mitchell", Kernel::Mitchell),
    ("lanczos2", Kernel::Lanczos2),
    ("lanczos3", Kernel::Lanczos3),
    ("mks2013", Kernel::Mks2013),
    ("mks2021", Kernel::Mks2021),
];

pub(super) static RESIZE: Definition = Definition {
    name: "resize",
    aliases: &[],
    doc: "Another size. With one side the other follows from the aspect ratio.",
    example: r#"{"width":300,"height":200,"fit":"cover","position":"top"}"#,
    takes: Takes::Object(&[
        optional("width", SIDE, "follows from the height", "Columns, 1 or more"),
        optional("height", SIDE, "follows from the width", "Rows, 1 or more"),
        optional(
            "fit",
            Takes::Word(&["cover", "contain", "fill", "inside", "outside"]),
            "`cover`, with `ratio` `inside`",
            "How the picture meets the size",
        ),
        optional(
            "position",
            Takes::Word(PLACES),
            "`centre`",
            "What `cover` keeps, and where the picture lies in `contain`",
        )
        .or("gravity"),
        optional("background", Takes::Colour, "black", "What `contain` fills up with"),
        optional(
            "kernel",
            Takes::Word(&["nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3", "mks2013", "mks2021"]),
            "`lanczos3`",
            "How samples are mixed",
        ),
        optional("withoutEnlargement", Takes::Flag, "`false`", "The picture is not scaled up; the box keeps its size"),
        optional("withoutReduction", Takes::Flag, "`false`", "The picture is not scaled down; the box keeps its size"),
        optional(
            "fastShrinkOnLoad",
            Takes::Flag,
            "`true`",
            "Of no effect: the decoder's scale never changes the result visibly",
        ),
        optional(
            "ratio",
            Takes::Number(0.0001, 1000.0),
            "1",
            "A factor on `width` and `height`, or without both on the picture's own size",
        ),
    ]),
    lower,
};

/// Words for places.
pub(in crate::dit) const PLACES: &[&str] = &[
    "centre",
    "center",
    "top",
    "right top",
    "right",
    "right bottom",
    "bottom",
    "left bottom",
    "left",
    "left top",
    "north",
    "northeast",
    "east",
    "southeast",
    "south",
    "southwest",
    "west",
    "northwest",
    "entropy",
    "attention",
];

/// The place that a word names.
pub(in crate::dit) fn place(word: &str) -> Placement {
    Placement::Gravity(match word {
        "top" | "north" => Gravity::North,
        "right top" | "northeast" => Gravity::NorthEast,
        "right" | "east" => Gravity::East,
        "right bottom" | "southeast" => Gravity::SouthEast,
        "bottom" | "south" => Gravity::South,
        "left bottom" | "southwest" => Gravity::SouthWest,
        "left" | "west" => Gravity::West,
        "left top" | "northwest" => Gravity::NorthWest,
        "entropy" => return Placement::Entropy,
        "attention" => return Placement::Attention,
        _ => Gravity::Centre,
    })
}

fn lower(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let side = |name: &str| match value.get(name).and_then(Value::number) {
        Some(side) if side < 1.0 => Err(Error::Resize),
        side => Ok(side),
    };
    let (width, height) = (side("width")?, side("height")?);
    let ratio = value.get("ratio").and_then(Value::number);
    let pixels = |side: f64| (side.round() as u32).max(1);
    let target = match (width, height, ratio) {
        (Some(width), Some(height), Some(ratio)) => {
            SharpTarget::Box { width: Some(pixels(width * ratio)), height: Some(pixels(height * ratio)) }
        }
        (_, _, Some(ratio)) => SharpTarget::Ratio(ratio),
        (None, None, None) => return Ok(()),
        (width, height, None) => SharpTarget::Box { width: width.map(pixels), height: height.map(pixels) },
    };
    let background = value.get("background").and_then(Value::colour).unwrap_or(Colour::BLACK);
    let word = |name: &str| value.get(name).and_then(Value::text);
    let fit = match word("fit") {
        Some("contain") => SharpFit::Contain(background),
        Some("fill") => SharpFit::Fill,
        Some("outside") => SharpFit::Outside,
        Some("inside") => SharpFit::Inside,
        None if ratio.is_some() => SharpFit::Inside,
        _ => SharpFit::Cover,
    };
    let kernel = KERNELS.iter().find(|(name, _)| word("kernel") == Some(name));
    draft.pipeline.resize(SharpResize {
        target,
        fit,
        placement: word("position").map_or(Placement::Gravity(Gravity::Centre), place),
        kernel: kernel.map_or(Kernel::default(), |(_, kernel)| *kernel),
        without_enlargement: value.is_set("withoutEnlargement"),
        without_reduction: value.is_set("withoutReduction"),
    });
    Ok(())
}
