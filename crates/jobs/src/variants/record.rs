use lightmill_image::{Made, Probe, SourceColour};
use lightmill_mill::VideoFacts;
use lightmill_recipe::Size;
use lightmill_store::Stat;
use serde::Serialize;

use super::Id;

/// Which form records have.
const SCHEMA: u32 = 1;

/// What was made of an object in one state, and what that object is: the manifest, and what is told of it. The same state
/// has the same record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Of this form: 1.
    pub schema: u32,
    /// The object's key.
    pub key: String,
    /// The version that its source states.
    pub version: String,
    /// Stands for key and version in the names of what was made ([`Id`]).
    pub id: String,
    /// The object itself.
    pub original: Original,
    /// A few bytes that stand for a picture until it is there; none for videos.
    pub placeholder: Option<StandIn>,
    /// What was made, in the order of the configuration.
    pub variants: Vec<Written>,
}

/// A few bytes that stand for a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandIn {
    /// How they are read: `thumbhash`, in Base64.
    pub algorithm: &'static str,
    /// They themselves.
    pub value: String,
}

impl StandIn {
    /// A `ThumbHash`.
    pub(super) fn thumb_hash(value: String) -> Self {
        Self { algorithm: "thumbhash", value }
    }
}

/// A variant that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Which one.
    pub name: String,
    /// Its key in the target.
    pub key: String,
    /// Its media type.
    pub content_type: String,
    /// Pixels across, of pictures.
    pub width: Option<u32>,
    /// Pixels down, of pictures.
    pub height: Option<u32>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The quality that it was encoded with, 1 to 100, in formats that have one.
    pub quality: Option<u8>,
}

/// An object, as its header tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Original {
    /// The format of a picture; ffprobe's name of the container of a video.
    pub format: String,
    /// The media type: of a video the one that its store states.
    pub content_type: Option<String>,
    /// Bytes of the file.
    pub bytes: u64,
    /// Pixels across, as it is displayed.
    pub width: Option<u32>,
    /// Pixels down, as it is displayed.
    pub height: Option<u32>,
    /// EXIF orientation, 1 to 8; 1 for videos, whose rotation is in width and height.
    pub orientation: u8,
    /// Frames; `None` where a video does not say.
    pub frames: Option<u64>,
    /// Whether there is more than one.
    pub animated: bool,
    /// How long a video is, where it says so.
    pub duration_seconds: Option<f64>,
    /// Frames of a video per second, on average.
    pub frame_rate: Option<f64>,
    /// ffprobe's name of the codec of a video's pictures.
    pub codec: Option<String>,
    /// Whether any pixel may be transparent.
    pub alpha: bool,
    /// Bits of a sample.
    pub bits: Option<u8>,
    /// What samples mean: `grey`, `rgb`, `ycbcr` or `cmyk`.
    pub colour: Option<&'static str>,
    /// What the embedded ICC profile calls itself.
    pub profile: Option<String>,
    /// Whether samples stand for light of high dynamic range (PQ or HLG).
    pub high_dynamic_range: bool,
}

impl Record {
    pub(super) fn new(key: &str, stat: &Stat, made: (Original, Option<StandIn>, Vec<Written>)) -> Self {
        let (original, placeholder, variants) = made;
        Self {
            schema: SCHEMA,
            key: key.to_owned(),
            version: stat.version.as_str().to_owned(),
            id: Id::of(key, &stat.version).as_str().to_owned(),
            original,
            placeholder,
            variants,
        }
    }
}

impl Original {
    /// A picture with this header.
    pub(super) fn picture(probe: &Probe) -> Self {
        let Size { width, height } = probe.upright();
        Self {
            format: probe.format.name().to_owned(),
            content_type: Some(probe.format.media_type().to_owned()),
            bytes: probe.bytes,
            width: Some(width),
            height: Some(height),
            orientation: probe.orientation.value(),
            frames: Some(probe.frames.into()),
            animated: probe.frames > 1,
            duration_seconds: None,
            frame_rate: None,
            codec: None,
            alpha: probe.has_alpha,
            bits: Some(probe.bits),
            colour: Some(colour(probe.colour)),
            profile: probe.profile_name(),
            high_dynamic_range: probe.high_dynamic_range,
        }
    }

    /// A video of which this is known.
    pub(super) fn video(facts: &VideoFacts, stat: &Stat) -> Self {
        let stream = facts.picture();
        Self {
            format: facts.container.clone(),
            content_type: stat.content_type.clone(),
            bytes: stat.size,
            width: stream.map(|stream| stream.display.width),
            height: stream.map(|stream| stream.display.height),
            orientation: 1,
            frames: stream.and_then(|stream| stream.frames),
            animated: stream.is_some_and(|stream| stream.frames != Some(1)),
            duration_seconds: facts.duration.map(|duration| duration.as_secs_f64()),
            frame_rate: stream.and_then(|stream| stream.frame_rate),
            codec: stream.map(|stream| stream.codec.clone()),
            alpha: false,
            bits: stream.map(|stream| stream.bits),
            colour: stream.map(|_| "ycbcr"),
            profile: None,
            high_dynamic_range: facts.is_high_dynamic_range(),
        }
    }
}

const fn colour(colour: SourceColour) -> &'static str {
    match colour {
        SourceColour::Grey => "grey",
        SourceColour::Rgb => "rgb",
        SourceColour::YCbCr(_) | SourceColour::YCbCrOther => "ycbcr",
        SourceColour::Cmyk => "cmyk",
    }
}

/// Pixels of a picture as it is displayed; `None` for what is none.
pub(super) fn size(made: &Made) -> Option<Size> {
    // What is the source's own data was not measured.
    made.size
        .or_else(|| made.format.and_then(|_| lightmill_image::probe(&made.bytes).ok()).map(|probe| probe.upright()))
}
