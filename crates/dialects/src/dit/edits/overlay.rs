use lightmill_recipe::sharp::{Composite, CompositeBlend, CompositeMark, Offset, Placement};
use lightmill_recipe::{Gravity, InputIndex, Locator, Operation};

use super::super::lower::Draft;
use super::super::request::located;
use super::super::{Definition, Error};
use super::resize::place;
use crate::sharp::{Stage, Takes, Value, optional, required};

/// Numbers out of range count as absent, as in the reference server.
const PERCENT: Takes = Takes::Number(-1e9, 1e9);
const OFFSET: Takes = Takes::Any(&[Takes::Integer(i32::MIN as i64 + 1, i32::MAX as i64), Takes::Text(32)]);

const BLENDS: [(&str, CompositeBlend); 27] = [
    ("clear", CompositeBlend::Clear),
    ("source", CompositeBlend::Source),
    ("over", CompositeBlend::Over),
    ("in", CompositeBlend::In),
    ("out", CompositeBlend::Out),
    ("atop", CompositeBlend::Atop),
    ("dest", CompositeBlend::Dest),
    ("dest-over", CompositeBlend::DestOver),
    ("dest-in", CompositeBlend::DestIn),
    ("dest-out", CompositeBlend::DestOut),
    ("dest-atop", CompositeBlend::DestAtop),
    ("xor", CompositeBlend::Xor),
    ("add", CompositeBlend::Add),
    ("saturate", CompositeBlend::Saturate),
    ("multiply", CompositeBlend::Multiply),
    ("screen", CompositeBlend::Screen),
    ("overlay", CompositeBlend::Overlay),
    ("darken", CompositeBlend::Darken),
    ("lighten", CompositeBlend::Lighten),
    ("colour-dodge", CompositeBlend::ColourDodge),
    ("color-dodge", CompositeBlend::ColourDodge),
    ("colour-burn", CompositeBlend::ColourBurn),
    ("color-burn", CompositeBlend::ColourBurn),
    ("hard-light", CompositeBlend::HardLight),
    ("soft-light", CompositeBlend::SoftLight),
    ("difference", CompositeBlend::Difference),
    ("exclusion", CompositeBlend::Exclusion),
];

/// The names of [`BLENDS`].
const BLEND_NAMES: [&str; BLENDS.len()] = {
    let mut names = [""; BLENDS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = BLENDS[index].0;
        index += 1;
    }
    names
};

pub(super) static OVERLAY_WITH: Definition = Definition {
    name: "overlayWith",
    aliases: &[],
    doc: "A stored picture on top, on every frame of an animation.",
    example: r#"{"bucket":"my-bucket","key":"logo.png","alpha":30,"wRatio":40,"options":{"left":"-10p","top":5}}"#,
    takes: Takes::Object(&[
        required("bucket", Takes::Text(255), "A bucket of the list"),
        required("key", Takes::Text(1024), "The key, not percent-encoded"),
        optional("alpha", PERCENT, "0", "Percent of transparency, 0 to 100"),
        optional(
            "wRatio",
            PERCENT,
            "its own size",
            "Width of the box into which it is scaled, in percent of the picture's",
        ),
        optional("hRatio", PERCENT, "its own size", "Height of that box, in percent of the picture's"),
        optional(
            "options",
            Takes::Object(&[
                optional(
                    "left",
                    OFFSET,
                    "by `gravity`",
                    "Pixels, or percent as in `10p`; negative ones count from the right",
                ),
                optional(
                    "top",
                    OFFSET,
                    "by `gravity`",
                    "Pixels, or percent as in `10p`; negative ones count from below",
                ),
                optional("gravity", Takes::Word(super::resize::PLACES), "`centre`", "Where it lies"),
                optional("tile", Takes::Flag, "`false`", "Whether it is repeated"),
                optional("blend", Takes::Word(&BLEND_NAMES), "`over`", "How colours meet"),
                optional("premultiplied", Takes::Flag, "`false`", "Whether its colours are multiplied by its alpha"),
            ]),
            "in the middle",
            "`left`, `top`, `gravity`, `tile`, `blend`, `premultiplied`",
        ),
    ]),
    lower,
};

fn lower(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let text = |name: &str| value.get(name).and_then(Value::text).unwrap_or_default();
    let bucket = text("bucket");
    if !draft.options.lists(bucket) {
        return Err(Error::OverlayBucket);
    }
    let locator = located(text("key")).map_err(|error| Error::Overlay(error.to_string()))?;
    draft.marks.push(Locator { source: draft.options.source(bucket), ..locator });
    let percent =
        |name: &str| value.get(name).and_then(Value::number).filter(|percent| (0.0..=100.0).contains(percent));
    let mark = CompositeMark {
        input: InputIndex(draft.marks.len()),
        width_percent: percent("wRatio").filter(|percent| *percent > 0.0),
        height_percent: percent("hRatio").filter(|percent| *percent > 0.0),
        stretched: false,
        transparency_percent: percent("alpha").unwrap_or(0.0),
    };
    let options = value.get("options").unwrap_or(&Value::Null);
    let gravity = match options.get("gravity").and_then(Value::text).map(place) {
        Some(Placement::Gravity(gravity)) => gravity,
        _ => Gravity::Centre,
    };
    let blend = options.get("blend").and_then(Value::text);
    let blend = BLENDS.iter().find(|(name, _)| blend == Some(name)).map_or(CompositeBlend::Over, |(_, blend)| *blend);
    let composite = Operation::Composite(Composite {
        mark,
        gravity,
        left: options.get("left").and_then(offset),
        top: options.get("top").and_then(offset),
        tile: options.is_set("tile"),
        blend,
        premultiplied: options.is_set("premultiplied"),
    });
    draft.pipeline.set(Stage::Composite, composite);
    Ok(())
}

/// `10`, `-10`, `10p` or `-10p`; anything else is none.
fn offset(value: &Value) -> Option<Offset> {
    if let Some(pixels) = value.number() {
        let distance = pixels.abs() as u32;
        return Some(if pixels < 0.0 { Offset::FromEnd(distance) } else { Offset::FromStart(distance) });
    }
    let percent = value.text()?.strip_suffix('p')?.parse::<i32>().ok()?;
    let distance = percent.unsigned_abs();
    Some(if percent < 0 { Offset::PercentFromEnd(distance) } else { Offset::PercentFromStart(distance) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_from_either_side() {
        let text = |text: &str| offset(&Value::Text(text.to_owned()));
        assert_eq!(offset(&Value::Number(-3.0)), Some(Offset::FromEnd(3)));
        assert_eq!((text("10p"), text("-7p")), (Some(Offset::PercentFromStart(10)), Some(Offset::PercentFromEnd(7))));
        assert_eq!((text("center"), text("p")), (None, None));
    }
}
