//! Does what a plan says.
//!
//! * `decoded` is shared by runs that make several results of one picture.
//! * `measure` looks at what a plan must know before it can be made to the end.
//! * `first` gives the first frame to those who only look at it.
//! * `pipeline` pulls frames from a decoder through the steps, `mark` makes what is drawn on them, `info` describes the
//!   source and `meta` what would be made of it.
//! * `encode` makes a picture file: from the source's own data, or by one attempt after the other (`attempt`) over the
//!   same last picture: in other formats, with the quality that reaches a score (`reach_score`, on a `sample`), with the
//!   quality that keeps a number of bytes (`fit_bytes`).

mod attempt;
mod decoded;
mod encode;
mod first;
mod fit_bytes;
mod info;
mod mark;
mod measure;
mod meta;
#[cfg(test)]
mod metadata_tests;
mod pipeline;
mod reach_score;
#[cfg(test)]
mod region_tests;
mod sample;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Format, Formats, Limits, Placeholder, Size};

use crate::plan::{Pipeline, Plan, Work};
use crate::{Cancel, Error, Fonts, FrameSource, ops, probe};
pub use decoded::Decoded;
pub use first::first_frame;
use pipeline::Running;

/// What running work shares with its caller.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Fonts for text marks and vector sources.
    pub fonts: Fonts,
    /// Tells the work to stop.
    pub cancel: Cancel,
    /// Bounds on memory and on the result.
    pub limits: Limits,
    /// Formats that may be read.
    pub formats: Formats,
    /// What several runs over the same inputs share; nothing by default.
    pub decoded: Option<Decoded>,
}

/// A result.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its media type.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Bytes,
    /// Its format, for pictures.
    pub format: Option<Format>,
    /// Its size, for pictures that were made here.
    pub size: Option<Size>,
    /// Its frames; 1 for stills, 0 for what is no picture.
    pub frames: u32,
    /// Whether these are the source's own data, not decoded and encoded again.
    pub passthrough: bool,
    /// The quality that it was encoded with, in formats that have one.
    pub quality: Option<u8>,
    /// Time spent, by stage: `decode`, `operate`, `encode`.
    pub timings: Timings,
}

impl Made {
    /// A picture that another program wrote.
    ///
    /// # Errors
    /// If it is none.
    pub fn written(bytes: Bytes) -> Result<Self, Error> {
        let probe = probe(&bytes)?;
        Ok(Self {
            content_type: probe.format.media_type(),
            format: Some(probe.format),
            size: Some(probe.size),
            frames: probe.frames,
            ..Self::json(bytes)
        })
    }

    /// A text in JSON.
    pub fn json(bytes: Bytes) -> Self {
        Self {
            content_type: JSON,
            bytes,
            format: None,
            size: None,
            frames: 0,
            passthrough: false,
            quality: None,
            timings: Timings::default(),
        }
    }
}

const JSON: &str = "application/json";
const JAVASCRIPT: &str = "text/javascript";
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// The media types of results that are no pictures.
pub const TEXT_MEDIA_TYPES: [&str; 3] = [JSON, JAVASCRIPT, PLAIN_TEXT];

/// Time spent by one core, by stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// From bytes to pictures.
    pub decode: Duration,
    /// Operations on pictures.
    pub operate: Duration,
    /// From pictures to bytes.
    pub encode: Duration,
}

/// Makes every output of `plan` from the bytes of its inputs (one for each input of the recipe, in order), on the
/// calling thread.
///
/// # Errors
/// Whatever the codecs find in the bytes; [`Error::Cancelled`] and [`Error::TimedOut`] as `context.cancel` says.
pub fn run(plan: &Plan, inputs: &[Bytes], context: &Context) -> Result<Vec<Made>, Error> {
    let measured = measure::settled(plan, inputs, context)?;
    let settled = measured.as_ref().map_or(plan, |(plan, _)| plan);
    let made = settled.outputs.iter().map(|work| make(work, inputs, context));
    let mut made = made.collect::<Result<Vec<_>, _>>()?;
    if let (Some(first), Some((_, [decode, operate]))) = (made.first_mut(), measured) {
        first.timings.decode += decode;
        first.timings.operate += operate;
    }
    Ok(made)
}

fn make(work: &Work, inputs: &[Bytes], context: &Context) -> Result<Made, Error> {
    let main = inputs.first().ok_or_else(|| Error::internal("no input 0"))?;
    match work {
        Work::Passthrough { format, metadata, .. } => encode::pass(*format, *metadata, main),
        Work::Info { fields } => Ok(text(JSON, info::json(&probe(main)?, *fields)?)),
        Work::AverageHue(pipeline) => average_hue(pipeline, inputs, context),
        Work::Placeholder { placeholder, pipeline } => self::placeholder(*placeholder, pipeline, inputs, context),
        Work::Meta { meta, story, small } => meta::tell(meta, story, small.as_ref(), inputs, context),
        Work::Encode { pipeline, encode } => encode::encode(pipeline, encode, inputs, context),
    }
}

fn average_hue(pipeline: &Pipeline, inputs: &[Bytes], context: &Context) -> Result<Made, Error> {
    let mut frames = Running::start(pipeline, inputs, context)?;
    let frame = frames.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
    let colour = ops::average(frame.picture)?;
    let [red, green, blue, _] = colour.rgba();
    let (decode, operate) = frames.spent();
    let made = text(PLAIN_TEXT, format!("0x{red:02X}{green:02X}{blue:02X}"));
    Ok(Made { timings: Timings { decode, operate, encode: Duration::ZERO }, ..made })
}

fn placeholder(
    placeholder: Placeholder,
    pipeline: &Pipeline,
    inputs: &[Bytes],
    context: &Context,
) -> Result<Made, Error> {
    let mut frames = Running::start(pipeline, inputs, context)?;
    let frame = frames.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
    let hash = match placeholder {
        Placeholder::BlurHash { across, down } => ops::blur_hash(frame.picture, across, down)?,
        Placeholder::ThumbHash => ops::thumb_hash(frame.picture)?,
    };
    let (decode, operate) = frames.spent();
    Ok(Made { timings: Timings { decode, operate, encode: Duration::ZERO }, ..text(PLAIN_TEXT, hash) })
}

fn text(content_type: &'static str, body: String) -> Made {
    Made {
        content_type,
        bytes: body.into(),
        format: None,
        size: None,
        frames: 0,
        passthrough: false,
        quality: None,
        timings: Timings::default(),
    }
}
