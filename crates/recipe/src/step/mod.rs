//! What Thumbor and imagor can do to a picture and [`Operation`] cannot say yet.
//!
//! A [`Step`] is an operation, or a value that no engine executes so far. A dialect writes steps; those that equal an
//! operation become one, and a request with any other is refused by name. When the engine learns a value, it moves to
//! [`Operation`].

mod canvas;
mod cut;
mod detail;
mod frames;
mod reframe;
mod stamp;
mod table;
mod tone;

pub use canvas::{Backdrop, Corners, Fill, FillCanvas, Flatten, Margins, NinePatch};
pub use cut::{Corner, Cut, Edges, Flip, Trim, TrimDistance};
pub use detail::{Convolution, DetectionMark, Noise, Redact, RedactShape, RedactWith, WaveletSharpen};
pub use frames::FrameRange;
pub use reframe::{Arithmetic, Edge, FocalRegion, Focus, Growth, Method, Reframe, Side};
pub use stamp::{
    Blend, Fade, LineAlignment, MarkSize, Paragraph, ParagraphWidth, Position, Stamp, StampMark, StampTiling, Wrap,
};
pub use table::{ChannelTables, Table};
pub use tone::{Modulate, Saturation};

use serde::Serialize;

use crate::Operation;

/// Something that is done to a picture, whether or not an engine can do it yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// What an engine can do.
    Operation(Operation),
    /// Trims a uniform border and takes a window, as one rectangle.
    Cut(Cut),
    /// Another size and aspect ratio, around what matters in the picture.
    Reframe(Reframe),
    /// Enlarges to the frame of the last [`Step::Reframe`], if both sides are smaller; the other side is cut to whole
    /// pixels ([`crate::geometry::grow`]).
    Grow,
    /// A factor on both sides, above 0 and at most 1; sides are cut to whole pixels ([`crate::geometry::proportion`]).
    Proportion(f32),
    /// Mirrored.
    Flip(Flip),
    /// A larger canvas behind the picture.
    Fill(Fill),
    /// A colour behind transparent pixels.
    Flatten(Flatten),
    /// Rounded corners, elliptical or coloured.
    Corners(Corners),
    /// One value for another, channel by channel.
    Tables(ChannelTables),
    /// Histograms of red, green and blue spread over the whole range.
    Equalize,
    /// Colours stronger or weaker.
    Saturation(Saturation),
    /// Brightness, saturation and hue in CIE `LCh`.
    Modulate(Modulate),
    /// Crisper, by wavelets.
    WaveletSharpen(WaveletSharpen),
    /// Random grain.
    Noise(Noise),
    /// Any kernel.
    Convolution(Convolution),
    /// Squares of one colour, this many pixels wide, 1 or more.
    Pixelate(u32),
    /// Regions that an analyser found are made unreadable.
    Redact(Redact),
    /// Outlines of what an analyser found.
    DrawDetections(DetectionMark),
    /// Red pupils inside of faces that an analyser found become dark.
    RedEye,
    /// A frame drawn around the picture.
    NinePatch(NinePatch),
    /// A picture or text drawn on top.
    Stamp(Stamp),
}

impl Step {
    /// The name that plans, logs and refusals use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.name(),
            Self::Cut(_) => "cut",
            Self::Reframe(_) => "reframe",
            Self::Grow => "grow",
            Self::Proportion(_) => "proportion",
            Self::Flip(_) => "flip",
            Self::Fill(_) => "fill",
            Self::Flatten(_) => "flatten",
            Self::Corners(_) => "corners",
            Self::Tables(_) => "tables",
            Self::Equalize => "equalize",
            Self::Saturation(_) => "saturation",
            Self::Modulate(_) => "modulate",
            Self::WaveletSharpen(_) => "wavelet_sharpen",
            Self::Noise(_) => "noise",
            Self::Convolution(_) => "convolution",
            Self::Pixelate(_) => "pixelate",
            Self::Redact(_) => "redact",
            Self::DrawDetections(_) => "draw_detections",
            Self::RedEye => "red_eye",
            Self::NinePatch(_) => "nine_patch",
            Self::Stamp(_) => "stamp",
        }
    }
}

impl From<Operation> for Step {
    fn from(operation: Operation) -> Self {
        Self::Operation(operation)
    }
}
