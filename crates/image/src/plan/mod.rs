//! From a recipe and the headers of its inputs to what will be done, as a value.
//!
//! A [`Plan`] says for each output at which scale its source is decoded, the size and layout after every step, how the
//! result is encoded, and what all of it is estimated to cost. It is printed by `lightmill explain`, and nothing is
//! decided after it: [`crate::run()`] only does what it says.
//!
//! * `build` walks through the operations and turns each into [`Step`]s, with all geometry computed (`steps`, `frame`,
//!   `canvas`, `regions`; those of sharp in `sharp` and `sharp_steps`); `view` follows where things of the source lie.
//! * `measure`: what a run must look at before it can be planned to the end.
//! * `order` exchanges and joins steps of geometry.
//! * `decode` chooses the decoder's scale, region and layout: as little as the first steps need.
//! * `finish` gives the decoder what it can do, and settles the layout of every step.
//! * `planes` says which steps work on planes.
//! * `colours` says where colours are converted and how many bits samples have on the way.
//! * `output` chooses format and quality; `source_data` says where the source's own data can be the result.
//! * `cost` estimates memory and time.

mod action;
mod build;
mod canvas;
mod colours;
mod cost;
mod decode;
mod finish;
mod frame;
mod layouts;
mod measure;
mod operations;
mod order;
mod output;
mod planes;
mod regions;
mod sharp;
mod sharp_steps;
mod source_data;
mod steps;
mod story;
#[cfg(test)]
mod tests;
mod view;

use lightmill_recipe::{
    Effort, Format, Formats, InfoFields, InputIndex, Limits, Meta, Metadata, PaletteColours, Placeholder, Rect, Size,
};
use serde::Serialize;

pub use action::Action;
pub(crate) use build::settle;
pub use build::{plan, plan_with_findings};
pub use cost::{Cost, Kind, Stage, stages};

pub use measure::{Measure, MeasureWhat, Measured};
pub use story::{FocalPoint, Story, Told};

pub use crate::ops::Part;

use crate::Layout;
use crate::codecs::{Scale, Turn};

/// What holds for every plan of a mount.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Bounds on sources, intermediate pictures and results.
    pub limits: Limits,
    /// Formats that may be read and written.
    pub formats: Formats,
}

/// What will be done: one [`Work`] per output of the recipe, in the same order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// What is made.
    pub outputs: Vec<Work>,
    /// What is measured first, and then planned again: sizes are those of untrimmed pictures until then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What all of it is estimated to cost, the measures included.
    pub cost: Cost,
    /// From what it is planned again; there if anything is measured.
    #[serde(skip)]
    pub(crate) again: Option<Box<measure::Again>>,
}

impl Plan {
    /// Bytes of the pictures that are decoded as a whole: what a [`crate::Decoded`] holds of this plan.
    pub fn decoded_bytes(&self) -> u64 {
        let of = |work: &Work| match work {
            Work::Encode { pipeline, .. } | Work::AverageHue(pipeline) | Work::Placeholder { pipeline, .. } => {
                pipeline.decode.bytes()
            }
            Work::Meta { small, .. } => small.as_ref().map_or(0, |pipeline| pipeline.decode.bytes()),
            Work::Passthrough { .. } | Work::Info { .. } => 0,
        };
        self.outputs.iter().map(of).sum()
    }
}

/// How one output is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The source's own data are the result, with nothing but its metadata changed. Its orientation stays.
    Passthrough {
        /// Format of the source.
        format: Format,
        /// What it keeps of its metadata.
        metadata: Metadata,
        /// Why nothing is to be done.
        reason: &'static str,
    },
    /// JSON about the main source.
    Info {
        /// How much it tells.
        fields: InfoFields,
    },
    /// The mean colour, as text.
    AverageHue(Pipeline),
    /// A few bytes that stand for the picture, as text.
    Placeholder {
        /// Which.
        placeholder: Placeholder,
        /// From the source to the small picture that they are computed from.
        pipeline: Pipeline,
    },
    /// JSON about the picture that would be made.
    Meta {
        /// What it tells.
        meta: Meta,
        /// What would be done.
        story: Story,
        /// From the source to the small picture that hashes and colours are computed from.
        small: Option<Pipeline>,
    },
    /// A picture file.
    Encode {
        /// From the source to the last picture.
        pipeline: Pipeline,
        /// From the last picture to bytes.
        encode: Encode,
    },
}

/// One input on its way from bytes to a picture, or to one per frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pipeline {
    /// Which input.
    pub input: InputIndex,
    /// How it is decoded.
    pub decode: Decode,
    /// What is done to each frame, in order.
    pub steps: Vec<Step>,
}

impl Pipeline {
    /// Size of the last picture.
    pub fn size(&self) -> Size {
        self.steps.last().map_or(self.decode.size, |step| step.size)
    }

    /// Layout of the last picture.
    pub fn layout(&self) -> Layout {
        self.steps.last().map_or(self.decode.layout, |step| step.layout)
    }
}

/// How a source is decoded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decode {
    /// Its format.
    pub format: Format,
    /// Reduction while decoding.
    pub scale: Scale,
    /// The part of the reduced picture that is decoded; `None` is all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Rect>,
    /// Whether rows go into the first step, a resampling, as they are decoded, so that the decoded picture is never held.
    pub by_rows: bool,
    /// Frames that are decoded and passed over.
    #[serde(skip_serializing_if = "is_zero")]
    pub skip: u32,
    /// Frames that are decoded at most after those, 1 or more.
    pub frames: u32,
    /// Whether colours become sRGB at once, and not in a later step or never.
    pub to_srgb: bool,
    /// Size of a decoded frame.
    pub size: Size,
    /// Layout of a decoded frame.
    pub layout: Layout,
}

impl Decode {
    /// Bytes of a decoded frame that is held as a whole.
    fn bytes(&self) -> u64 {
        let each = match self.layout {
            Layout::YCbCr(_) => 3,
            layout => layout.bytes_per_pixel() as u64,
        };
        if self.by_rows { 0 } else { self.size.pixels().0 * each }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Something that is done to a picture, and what comes out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// Size after it.
    pub size: Size,
    /// Layout after it.
    pub layout: Layout,
}

impl Step {
    fn resamples(&self) -> bool {
        matches!(self.action, Action::Resample { .. })
    }

    /// Whether it resamples a picture of size `before`, or a part of it, to fewer pixels.
    fn reduces(&self, before: Size) -> bool {
        let Action::Resample { part, .. } = &self.action else { return false };
        let from = part.map_or(before.pixels().0 as f64, |part| part.width * part.height);
        (self.size.pixels().0 as f64) < from
    }
}

/// How a result is encoded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Encode {
    /// The format.
    pub format: Format,
    /// Why it is that one.
    pub because: &'static str,
    /// Quality of lossy formats, 1 to 100. The first that is tried, if there is a score to be reached or a number of
    /// bytes to be kept.
    pub quality: u8,
    /// No loss, where the format can be either.
    pub lossless: bool,
    /// The SSIMULACRA2 score that quality is chosen for.
    pub score: Option<u8>,
    /// Bytes for which quality is lowered.
    pub max_bytes: Option<u64>,
    /// Progressive JPEG.
    pub progressive: bool,
    /// PNG: colours of a palette at most.
    pub palette: Option<PaletteColours>,
    /// How long to search for a smaller file.
    pub effort: Effort,
    /// Frames at most.
    pub frames: u32,
    /// What is kept of the source's metadata.
    pub metadata: Metadata,
    /// Whether the source's profile is kept.
    pub keeps_profile: bool,
    /// Whether the source's own data can be the result.
    pub source_data: SourceData,
    /// Formats that are tried too; the smallest file is the result.
    pub rivals: Vec<Rival>,
}

/// What an encode may take from its source as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceData {
    /// Nothing.
    Unused,
    /// All of the picture, if that is not larger than the encoded one.
    IfSmaller,
    /// All of the picture, without decoding it. If the file is not built as it should be, the picture is encoded.
    Whole,
    /// Blocks of a JPEG's coefficients, without loss. If they do not allow it, the picture is encoded.
    Turned(Turn),
}

/// A format that competes with the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rival {
    /// The format.
    pub format: Format,
    /// As [`Encode::quality`].
    pub quality: u8,
}
