//! The vocabulary of lightmill: what a picture should become, as a value.
//!
//! Every way in (a URL, an event, a job, a command line) is read into the same type, a [`Recipe`]; everything after
//! that is one road. This crate does no I/O, knows no pixels and no URL language.
//!
//! Read in this order:
//! 1. [`Recipe`]: the inputs, the operations on each in the order written, and the outputs.
//! 2. [`Operation`]: one value per thing that can be done to a picture; its geometry is computed by [`geometry`].
//!    The values of those that only the image library sharp knows are in [`sharp`].
//! 3. [`Output`]: a picture, or JSON or text about one; a clip, a sheet of frames and the like are in [`video`].
//! 4. [`Limits`]: every bound that a recipe, its inputs and its outputs must respect, by name.
//! 5. [`Recipe::canonical`]: the text that equal wishes share, the first part of every cache key.

mod analysis;
mod canonical;
mod colour;
mod colour_names;
mod findings;
mod format;
mod formats;
pub mod geometry;
mod input;
mod limits;
mod metadata;
mod operation;
mod output;
mod output_defaults;
mod size;
pub mod video;

pub use analysis::Wanted;
pub use canonical::{Fingerprint, PIXEL_EPOCH, Prepared};
pub use colour::{Colour, ParseColourError};
pub use findings::{Findings, Found, FoundKind, ModerationLabel};
pub use format::Format;
pub use formats::Formats;
pub use geometry::Gravity;
pub use input::{FrameRange, Frames, Input, InputIndex, Locator, Orientation, Source};
pub use limits::{LimitError, Limits, Pixels};
pub use metadata::Metadata;
pub use operation::sharp;
pub use operation::{
    Alignment, Arithmetic, Backdrop, Blend, Blur, ChannelTables, Circle, CircleCentre, Convolution, Corner, Corners,
    Crop, CropOrigin, Cut, DetectionMark, Edge, Edges, Enlarge, Fade, Fill, FillCanvas, Fit, Flatten, Flip,
    FocalRegion, Focus, Growth, Light, LineAlignment, Linear, Margins, Mark, MarkOrder, MarkSize, Method, Modulate,
    NinePatch, Noise, Operation, Overlay, Paragraph, ParagraphWidth, Position, Redact, RedactShape, RedactWith,
    Reframe, Resize, Rotate, RoundedCorners, Saturation, Shadow, Sharpen, Side, Stamp, StampMark, StampTiling, Table,
    Target, Text, Tile, TileAxis, Tiling, Trim, TrimDistance, WaveletSharpen, Wrap,
};
pub use output::{
    DefaultQuality, Effort, FormatChoice, InfoFields, Meta, Output, PaletteColours, PictureOutput, Placeholder,
    Profile, Quality, QualityRule,
};
pub use output_defaults::OutputDefaults;
pub use size::{Rect, Size};

use serde::Serialize;

/// What should be made: inputs, the operations on each, and one or more outputs of input 0.
///
/// Operations run strictly in the order written, each on the result of the one before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recipe {
    /// Input 0 is the main picture; the others are overlays, referred to by [`InputIndex`].
    /// An overlay refers only to inputs after its own, so that a recipe cannot contain a cycle.
    pub inputs: Vec<Input>,
    /// What is made of input 0 after its operations.
    pub outputs: Vec<Output>,
    /// Sources of fewer bytes than this are returned as they are, whatever else the recipe says (`threshold`).
    pub only_if_source_bytes_at_least: Option<u64>,
}

impl Recipe {
    /// A recipe that does nothing yet to the picture at `locator`, and encodes it in its own format.
    pub fn new(locator: Locator) -> Self {
        Self {
            inputs: vec![Input::new(locator)],
            outputs: vec![Output::Picture(PictureOutput::default())],
            only_if_source_bytes_at_least: None,
        }
    }

    /// The main input, whose operations make the outputs.
    pub fn main(&self) -> Option<&Input> {
        self.inputs.first()
    }

    /// Whether any of its inputs is a video.
    pub fn reads_video(&self) -> bool {
        self.inputs.iter().any(|input| input.video_frame.is_some()) || self.outputs.iter().any(Output::is_of_video)
    }
}
