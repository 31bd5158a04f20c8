use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Colour, Meta};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Context, JAVASCRIPT, JSON, Made, Running, Timings, text};
use crate::plan::{Pipeline, Story};
use crate::{Error, FrameSource, Picture, Probe, metadata, ops, probe};

/// What a URL's path holds as it is (RFC 3986, section 2.3, and `/`).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// JSON about the picture that would be made, as the server tells it whose language was spoken.
pub(super) fn tell(
    meta: &Meta,
    story: &Story,
    small: Option<&Pipeline>,
    inputs: &[Bytes],
    context: &Context,
) -> Result<Made, Error> {
    let main = probe(inputs.first().ok_or_else(|| Error::internal("no input 0"))?)?;
    match meta {
        Meta::Operations { name, callback } => {
            let body = operations(name, story, &main).to_string();
            Ok(match callback {
                Some(function) => text(JAVASCRIPT, format!("{function}({body});")),
                None => text(JSON, body),
            })
        }
        Meta::Picture { blurhash, thumbhash, average_colour } => {
            let mut object = picture(story, &main);
            let mut timings = Timings::default();
            if let Some(pipeline) = small {
                let mut frames = Running::start(pipeline, inputs, context)?;
                let frame = frames.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
                let (decode, operate) = frames.spent();
                timings = Timings { decode, operate, encode: Duration::ZERO };
                stand_ins(&mut object, &frame.picture, *blurhash, *thumbhash, *average_colour)?;
            }
            Ok(Made { timings, ..text(JSON, Value::Object(object).to_string()) })
        }
    }
}

/// As Thumbor tells it, but for the source's size, which is that of the source.
fn operations(name: &str, story: &Story, main: &Probe) -> Value {
    json!({ "thumbor": {
        "source": {
            "url": utf8_percent_encode(name, ESCAPED).to_string(),
            "width": story.source.width,
            "height": story.source.height,
            "frameCount": main.frames,
        },
        "operations": story.operations,
        "target": { "width": story.target.width, "height": story.target.height },
        "focal_points": story.focal_points,
    } })
}

/// As imagor tells it.
fn picture(story: &Story, main: &Probe) -> Map<String, Value> {
    let exif: Map<String, Value> =
        metadata::exif_fields(main).into_iter().map(|(name, value)| (name, value.into())).collect();
    let fields = [
        ("format", story.format.name().into()),
        ("content_type", story.format.media_type().into()),
        ("width", story.target.width.into()),
        ("height", story.target.height.into()),
        ("orientation", main.orientation.value().into()),
        ("pages", main.frames.into()),
        ("bands", story.bands.into()),
        ("exif", exif.into()),
    ];
    fields.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}

fn stand_ins(
    object: &mut Map<String, Value>,
    small: &Picture,
    blurhash: Option<(u8, u8)>,
    thumbhash: bool,
    average_colour: bool,
) -> Result<(), Error> {
    if let Some((across, down)) = blurhash {
        object.insert("blurhash".to_owned(), ops::blur_hash(small.clone(), across, down)?.into());
    }
    if thumbhash {
        object.insert("thumbhash".to_owned(), ops::thumb_hash(small.clone())?.into());
    }
    if average_colour {
        let Colour { red, green, blue, .. } = ops::average(small.clone())?;
        object.insert("average_color".to_owned(), json!({ "r": red, "g": green, "b": blue }));
    }
    Ok(())
}
