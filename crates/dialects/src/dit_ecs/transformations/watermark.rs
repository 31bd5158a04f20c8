use lightmill_recipe::sharp::{Composite, CompositeBlend, CompositeMark, Offset};
use lightmill_recipe::{Gravity, InputIndex, Locator, Operation};
use percent_encoding::percent_decode_str;

use super::Definition;
use crate::dit_ecs::lower::Draft;
use crate::dit_ecs::{Error, Options};
use crate::key;
use crate::sharp::{Json, Stage, Takes, Value, optional, required};

const OFFSET: Takes = Takes::Any(&[Takes::Integer(-100_000, 100_000), Takes::Text(16)]);
const PART: Takes = Takes::Number(0.0, 1.0);

pub(super) static WATERMARK: Definition = Definition {
    shape: members,
    check: |value| {
        let some = ["wRatio", "hRatio"].iter().any(|name| value.get(name).is_some());
        let offsets = ["left", "top"].iter().filter_map(|name| value.get(name));
        match offsets.map(offset).collect::<Option<Vec<Offset>>>() {
            None => Err("must lie at whole pixels or percent, as in 10 or -25p".to_owned()),
            Some(_) if some => Ok(()),
            Some(_) => Err("must have a wRatio or a hRatio".to_owned()),
        }
    },
    ..Definition::new(
        "watermark",
        Takes::Object(&[
            required("url", Takes::Text(2048), "Where it is; its host must be that of an origin"),
            required("left", OFFSET, "Pixels, or percent as in `50p`; negative ones count from the right"),
            required("top", OFFSET, "Pixels, or percent; negative ones count from below"),
            optional("alpha", PART, "0", "Transparency: 0 is opaque, 1 invisible"),
            optional("wRatio", PART, "by the aspect ratio", "Its width, as part of the result's"),
            optional(
                "hRatio",
                PART,
                "by the aspect ratio",
                "Its height, as part of the result's; with both it is stretched",
            ),
        ]),
        "watermark=https://images.example.com/logo.png,[10,-25p,0.2,0.5,]",
        "A picture on top of the result, as a list of its URL and `[left, top, alpha, wRatio, hRatio]`.",
        lower,
    )
};

/// The list as an object.
fn members(json: &Json, options: &Options) -> Json {
    let Json::List(items) = json else { return json.clone() };
    let [url, Json::List(numbers)] = items.as_slice() else { return json.clone() };
    let names = if options.compat { ["top", "left"] } else { ["left", "top"] };
    let names = names.into_iter().chain(["alpha", "wRatio", "hRatio"]);
    let numbers = names.zip(numbers).filter(|(_, value)| **value != Json::Null);
    let numbers = numbers.map(|(name, value)| (name.to_owned(), value.clone()));
    Json::Object(std::iter::once(("url".to_owned(), url.clone())).chain(numbers).collect())
}

/// `10`, `-10`, `10p` or `-10p`.
fn offset(value: &Value) -> Option<Offset> {
    if let Some(pixels) = value.number() {
        let distance = pixels.abs() as u32;
        return Some(if pixels < 0.0 { Offset::FromEnd(distance) } else { Offset::FromStart(distance) });
    }
    let percent: i32 = value.text()?.strip_suffix('p')?.parse().ok()?;
    let distance = percent.unsigned_abs();
    Some(if percent < 0 { Offset::PercentFromEnd(distance) } else { Offset::PercentFromStart(distance) })
}

fn lower(value: &Value, draft: &mut Draft<'_>) -> Result<(), Error> {
    let url = value.get("url").and_then(Value::text).unwrap_or_default();
    draft.marks.push(located(url, draft)?);
    let percent = |name: &str| value.get(name).and_then(Value::number).map(|part| part * 100.0);
    let (width_percent, height_percent) = (percent("wRatio"), percent("hRatio"));
    let mark = CompositeMark {
        input: InputIndex(draft.marks.len()),
        width_percent,
        height_percent,
        stretched: width_percent.is_some() && height_percent.is_some(),
        transparency_percent: percent("alpha").unwrap_or(0.0),
    };
    let composite = Composite {
        mark,
        gravity: Gravity::NorthWest,
        left: value.get("left").and_then(offset),
        top: value.get("top").and_then(offset),
        tile: false,
        blend: CompositeBlend::Over,
        premultiplied: false,
    };
    draft.pipeline.set(Stage::Composite, Operation::Composite(composite));
    Ok(())
}

/// The object that the URL of a watermark names: its host must be that of an origin, exactly.
fn located(url: &str, draft: &Draft<'_>) -> Result<Locator, Error> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let (host, path) = rest.split_once('/').ok_or(Error::AccessDenied)?;
    let origin = draft.config.origin_of_host(host).ok_or(Error::AccessDenied)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let wrong = |error: crate::Error| Error::Validation(format!("the watermark's URL: {error}"));
    let key = percent_decode_str(path).decode_utf8().map_err(|_| wrong(crate::Error::Encoding("it")))?;
    Ok(origin.locator(key::checked(&key).map_err(wrong)?.key))
}
