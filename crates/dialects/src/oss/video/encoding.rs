//! What `compress` and `transcode` share: the words about container, size, rates, quality and the piece that is taken.

use std::time::Duration;

use lightmill_recipe::video::{
    BitRate, Bounds, Clip, ClipError, Container, FrameRate, H264Profile, Length, Part, Rendition, Renditions,
    SegmentLength, SpeedPreset, VideoCodec, VideoCoding, VideoEncoding,
};

use super::super::arguments::{Arguments, Value};
use super::super::definition::{Definition, Parameter, Values};
use super::super::format::CannotSay;
use super::{rates, sizes};
use crate::Error;

/// x264's names.
const PRESETS: &[&str] =
    &["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// What holds where a request says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual {
    pub frame_rate: Option<u8>,
    pub size: Option<&'static str>,
    pub kilobits: Option<u64>,
}

pub(super) const Q: Parameter = Parameter {
    name: "q",
    doc: "Quality: the constant rate factor of the codec, lower is better. 1 to 51 for H.264 and H.265, to 63 for the others",
    values: Values::Integer(1, 63),
    default: "H.264 23, H.265 28, VP8 10, VP9 31, AV1 35",
    refusal: None,
};

pub(super) const PRESET: Parameter = Parameter {
    name: "preset",
    doc: "How long the encoder searches for a smaller file, by x264's names; other encoders take their nearest setting",
    values: Values::Word(PRESETS),
    default: "medium",
    refusal: None,
};

pub(super) const MAXDURATION: Parameter = Parameter {
    name: "maxduration",
    doc: "Seconds that are taken at most",
    values: Values::Integer(1, 86_400),
    default: "all",
    refusal: None,
};

pub(super) const SS: Parameter = Parameter {
    name: "ss",
    doc: "Where the piece begins, in milliseconds (not in the open-source server)",
    values: Values::Integer(0, 86_400_000),
    default: "0",
    refusal: None,
};

pub(super) const LIMIT: Parameter = Parameter {
    name: "limit",
    doc: "`1`: a video is never enlarged; `0`: it is, up to `s` (not in the open-source server)",
    values: Values::Word(&["0", "1"]),
    default: "1",
    refusal: None,
};

pub(super) const SEGMENT: Parameter = Parameter {
    name: "segment",
    doc: "Seconds of one segment of HLS (not in the open-source server)",
    values: Values::Integer(1, 10),
    default: "4",
    refusal: None,
};

pub(super) const fn frame_rate(default: &'static str) -> Parameter {
    Parameter {
        name: "r",
        doc: "Frames per second at most; a video of fewer keeps its own",
        values: Values::Integer(1, 60),
        default,
        refusal: None,
    }
}

pub(super) const fn size(default: &'static str) -> Parameter {
    Parameter {
        name: "s",
        doc: "The size into which the video fits. Its aspect ratio is kept and both sides are even. `360p` is 640x360, \
              `480p` 854x480, `720p` 1280x720, `1080p` 1920x1080, and stands where the video does. Several are the \
              ladder of HLS",
        values: Values::VideoSizes(sizes::WORDS),
        default,
        refusal: None,
    }
}

pub(super) const fn bit_rate(default: &'static str) -> Parameter {
    Parameter {
        name: "br",
        doc: "What the pictures may take at most, in kilobits per second; `q` decides below that",
        values: Values::Integers(100, 100_000),
        default,
        refusal: None,
    }
}

pub(super) const fn container(words: &'static [&'static str], doc: &'static str) -> Parameter {
    Parameter { name: "fmt", doc, values: Values::Word(words), default: "mp4", refusal: None }
}

/// The words that were given.
#[derive(Debug, Default)]
pub(super) struct Given {
    format: Option<&'static str>,
    segment: Option<u8>,
    quality: Option<u8>,
    frame_rate: Option<u8>,
    sizes: Option<Vec<Bounds>>,
    kilobits: Option<Vec<u64>>,
    preset: Option<SpeedPreset>,
    enlarge: Option<bool>,
    start: u32,
    seconds: Option<u32>,
    /// The first word that is about how pictures are compressed.
    pub about_pictures: Option<&'static str>,
}

impl Given {
    /// Takes one of the shared words; false for another.
    pub fn take(&mut self, value: &Value<'_>) -> Result<bool, Error> {
        match value.name() {
            "fmt" => self.format = Some(value.choice()?),
            "segment" => self.segment = Some(value.integer()?),
            "ss" => self.start = value.integer()?,
            "maxduration" => self.seconds = Some(value.integer()?),
            "q" => self.quality = Some(value.integer()?),
            "r" => self.frame_rate = Some(value.integer()?),
            "s" => self.sizes = Some(sizes::read(value)?),
            "br" => self.kilobits = Some(value.integers()?),
            "preset" => {
                let name = value.choice()?;
                self.preset = SpeedPreset::ALL.into_iter().find(|preset| preset.name() == name);
            }
            "limit" => self.enlarge = Some(!value.flag()?),
            _ => return Ok(false),
        }
        if matches!(value.name(), "q" | "r" | "s" | "br" | "preset" | "limit") {
            self.about_pictures = self.about_pictures.or(Some(value.name()));
        }
        Ok(true)
    }

    pub fn container(&self, arguments: &Arguments<'_>) -> Result<Container, Error> {
        let segment = self.segment.and_then(SegmentLength::new);
        let container = match self.format {
            Some("webm") => Container::WebM,
            Some("mov") => Container::Mov,
            Some("avi") => Container::Avi,
            Some("mkv") => Container::Mkv,
            Some("flv") => Container::Flv,
            Some("hls") => return Ok(Container::Hls { segment: segment.unwrap_or(SegmentLength::USUAL) }),
            _ => Container::Mp4,
        };
        match segment {
            Some(_) => Err(misplaced(arguments, "segment", "fmt_hls")),
            None => Ok(container),
        }
    }

    pub fn part(&self) -> Part {
        let most = self.seconds.and_then(|seconds| Length::new(seconds.saturating_mul(1000)));
        Part { start: Duration::from_millis(self.start.into()), most }
    }

    pub fn encoding(
        &self,
        arguments: &Arguments<'_>,
        codec: VideoCodec,
        profile: H264Profile,
        usual: Usual,
    ) -> Result<VideoEncoding, Error> {
        let name = arguments.definition.name;
        let crf = self.quality.unwrap_or(usual_crf(codec));
        let coding = VideoCoding::new(codec, crf, profile).ok_or_else(|| {
            Error::Value(format!("{name} q must be a whole number from 1 to 51 with H.264 and H.265"))
        })?;
        Ok(VideoEncoding {
            coding,
            preset: self.preset.unwrap_or_default(),
            frame_rate: self.frame_rate.or(usual.frame_rate).and_then(FrameRate::new),
            renditions: self.renditions(arguments, usual)?,
        })
    }

    fn renditions(&self, arguments: &Arguments<'_>, usual: Usual) -> Result<Renditions, Error> {
        let name = arguments.definition.name;
        let enlarge = self.enlarge.unwrap_or_default();
        let sizes = match &self.sizes {
            Some(sizes) => sizes.clone(),
            None => usual.size.and_then(sizes::named).into_iter().collect(),
        };
        if sizes.is_empty() && enlarge {
            return Err(misplaced(arguments, "limit_0", "s"));
        }
        let count = sizes.len().max(1);
        if self.kilobits.as_ref().is_some_and(|rates| rates.len() != count) {
            return Err(Error::Value(format!("{name} br must be one number for each size of s, here {count}")));
        }
        let given = |index: usize| self.kilobits.as_ref().and_then(|rates| rates.get(index)).copied();
        let usual_rate = |bounds: Option<&Bounds>| match bounds {
            Some(bounds) if count > 1 => rates::of_step(*bounds),
            _ => usual.kilobits.and_then(rates::of_kilobits),
        };
        let renditions = (0..count).map(|index| {
            let bounds = sizes.get(index);
            let max_rate = given(index).and_then(rates::of_kilobits).or_else(|| usual_rate(bounds));
            Rendition { bounds: bounds.map(|bounds| Bounds { enlarge, ..*bounds }), max_rate }
        });
        let most = Renditions::MOST;
        Renditions::new(renditions.collect())
            .ok_or_else(|| Error::Value(format!("{name} s must be 1 to {most} sizes of which no two are the same")))
    }
}

/// A word that means something only beside another.
fn misplaced(arguments: &Arguments<'_>, word: &str, beside: &str) -> Error {
    Error::Value(format!("{} {word} must stand beside {beside}", arguments.definition.name))
}

/// Parts of a clip that do not belong together, by the word that says the wrong one.
pub(super) fn refused(arguments: &Arguments<'_>, error: ClipError) -> Error {
    let word = match error {
        ClipError::Video { .. } => "vcodec",
        ClipError::Audio { .. } => "acodec",
        ClipError::Renditions { .. } => "s",
        ClipError::Nothing => "vcodec and acodec",
    };
    Error::Value(format!("{} {word}: {error}", arguments.definition.name))
}

/// Quality where none is asked for: about the same to the eye.
const fn usual_crf(codec: VideoCodec) -> u8 {
    match codec {
        VideoCodec::H264 => 23,
        VideoCodec::H265 => 28,
        VideoCodec::Vp8 => 10,
        VideoCodec::Vp9 => 31,
        VideoCodec::Av1 => 35,
    }
}

/// The container, and behind all else the piece; `between` stands between them.
pub(super) fn say_clip(definition: &Definition, clip: &Clip, between: Vec<String>) -> Result<String, CannotSay> {
    let mut parts = vec![definition.name.to_owned()];
    if clip.container() != Container::Mp4 {
        parts.push(format!("fmt_{}", clip.container().name()));
    }
    if let Container::Hls { segment } = clip.container()
        && segment != SegmentLength::USUAL
    {
        parts.push(definition.say_number("segment", i64::try_from(segment.duration().as_secs()).unwrap_or(i64::MAX))?);
    }
    parts.extend(between);
    let Part { start, most } = clip.part();
    if start != Duration::ZERO {
        let milliseconds = i64::try_from(start.as_millis()).unwrap_or(i64::MAX);
        if start != Duration::from_millis(milliseconds.cast_unsigned()) {
            return Err(CannotSay::new("a beginning between two milliseconds"));
        }
        parts.push(definition.say_number("ss", milliseconds)?);
    }
    if let Some(most) = most {
        if !most.milliseconds().is_multiple_of(1000) {
            return Err(CannotSay::new("a piece that is not as long as whole seconds"));
        }
        parts.push(definition.say_number("maxduration", most.milliseconds() / 1000)?);
    }
    Ok(parts.join(","))
}

/// How pictures are compressed; `None` if it lacks something that `usual` would put in.
pub(super) fn say_encoding(
    definition: &Definition,
    encoding: &VideoEncoding,
    usual: Usual,
) -> Result<Option<Vec<String>>, CannotSay> {
    let renditions = encoding.renditions.as_slice();
    let unbounded = renditions.iter().any(|one| one.bounds.is_none());
    let unlimited = renditions.iter().any(|one| one.max_rate.is_none());
    if (usual.size.is_some() && unbounded)
        || (usual.kilobits.is_some() && unlimited)
        || (usual.frame_rate.is_some() && encoding.frame_rate.is_none())
    {
        return Ok(None);
    }
    let mut parts = Vec::new();
    let crf = encoding.coding.crf();
    if crf != usual_crf(encoding.coding.codec()) {
        parts.push(definition.say_number("q", crf)?);
    }
    match encoding.frame_rate.map(FrameRate::get) {
        rate if rate == usual.frame_rate => {}
        Some(rate) => parts.push(definition.say_number("r", rate)?),
        None => {}
    }
    parts.extend(say_sizes(renditions, usual)?);
    parts.extend(say_rates(renditions, usual)?);
    if encoding.preset != SpeedPreset::default() {
        parts.push(format!("preset_{}", encoding.preset.name()));
    }
    let enlarged = renditions.iter().filter(|one| one.bounds.is_some_and(|bounds| bounds.enlarge)).count();
    match enlarged {
        0 => {}
        all if all == renditions.len() => parts.push("limit_0".to_owned()),
        _ => return Err(CannotSay::new("versions of which only some are enlarged")),
    }
    Ok(Some(parts))
}

fn say_sizes(renditions: &[Rendition], usual: Usual) -> Result<Option<String>, CannotSay> {
    let bounds: Vec<Bounds> = renditions.iter().filter_map(|one| one.bounds).collect();
    match bounds.as_slice() {
        [] if renditions.len() == 1 => return Ok(None),
        bounds if bounds.len() != renditions.len() => {
            return Err(CannotSay::new("versions of which one has the source's size"));
        }
        _ => {}
    }
    let words = bounds.into_iter().map(sizes::say).collect::<Result<Vec<_>, _>>()?.join("-");
    Ok((usual.size != Some(words.as_str())).then(|| format!("s_{words}")))
}

fn say_rates(renditions: &[Rendition], usual: Usual) -> Result<Option<String>, CannotSay> {
    let usual_rate = |one: &Rendition| match one.bounds {
        Some(bounds) if renditions.len() > 1 => rates::of_step(bounds),
        _ => usual.kilobits.and_then(rates::of_kilobits),
    };
    if renditions.iter().all(|one| one.max_rate == usual_rate(one)) {
        return Ok(None);
    }
    let word = |rate: BitRate| rates::kilobits(rate).filter(|rate| (100..=100_000).contains(rate));
    let words = renditions.iter().map(|one| one.max_rate.and_then(word).map(|rate| rate.to_string()));
    let words = words.collect::<Option<Vec<_>>>().ok_or_else(|| CannotSay::new("this bit rate"))?;
    Ok(Some(format!("br_{}", words.join("-"))))
}

/// Whether the action's `fmt` names the container.
pub(super) fn has_word(definition: &Definition, container: Container) -> bool {
    definition.parameters.iter().any(|parameter| match parameter.values {
        Values::Word(words) => parameter.name == "fmt" && words.contains(&container.name()),
        _ => false,
    })
}
