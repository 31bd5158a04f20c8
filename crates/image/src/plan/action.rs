use lightmill_recipe::{
    Backdrop, Blur, ChannelTables, Colour, Convolution, Light, Linear, Margins, Modulate, Noise, Overlay, Rect, Redact,
    Saturation, Sharpen, Stamp, WaveletSharpen,
};
use serde::Serialize;

use super::{Part, Pipeline};
use crate::ExifOrientation;

/// What is done in a step: an operation with all its geometry computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum Action {
    /// Colours of the source's profile become sRGB.
    ToSrgb,
    /// Colours of the source's profile, or sRGB, become Display P3.
    ToDisplayP3,
    /// Another layout, as the next step or the encoder needs it.
    Convert,
    /// Transparent pixels on a matte.
    Flatten {
        /// The matte.
        matte: Colour,
    },
    /// Mirrorings and quarter turns.
    Orient {
        /// Which.
        orientation: ExifOrientation,
    },
    /// Resampling to the step's size with Lanczos3; chroma of planes as the step's layout has it.
    Resample {
        /// In which light samples are mixed.
        light: Light,
        /// What of the picture before the step is resampled; `None` is all of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
    },
    /// A window.
    Crop {
        /// The window, in the picture before the step.
        window: Rect,
    },
    /// A larger canvas of the step's size.
    Pad {
        /// Left and top of the picture on it.
        at: (u32, u32),
        /// The rest of it.
        colour: Colour,
    },
    /// A turn that is not a quarter's multiple.
    Rotate {
        /// Clockwise.
        degrees: u16,
    },
    /// Transparent outside a disc.
    MaskCircle {
        /// Pixels; the centre lies as far from the left and from the upper edge.
        radius: f64,
    },
    /// Transparent outside rounded corners.
    MaskRounded {
        /// Pixels.
        radius: u32,
    },
    /// Softer.
    Blur {
        /// How.
        blur: Blur,
    },
    /// Crisper.
    Sharpen {
        /// How.
        sharpen: Sharpen,
    },
    /// Gain and offset.
    Linear {
        /// How.
        linear: Linear,
    },
    /// Luminance only.
    Greyscale,
    /// A mark on top.
    Draw {
        /// What and where.
        overlay: Overlay,
        /// How the mark's picture is made, if it has one.
        image: Option<Box<Pipeline>>,
    },
    /// A canvas of the step's size behind the picture.
    Fill {
        /// Left and top of the picture on it; what lies outside is cut.
        at: (i64, i64),
        /// What is on it.
        backdrop: Backdrop,
        /// Whether the picture is blended over it, or takes its place.
        blend: bool,
    },
    /// Corners cut to quarters of ellipses.
    MaskCorners {
        /// Horizontal and vertical radius in pixels, at most half a side.
        radius: (u32, u32),
        /// What is outside; `None` is transparency.
        colour: Option<Colour>,
    },
    /// One value for another.
    Tables {
        /// Which.
        tables: ChannelTables,
    },
    /// Luma only.
    Luma,
    /// Histograms spread.
    Equalize,
    /// Colours stronger or weaker.
    Saturation {
        /// How.
        saturation: Saturation,
    },
    /// Lightness, chroma and hue.
    Modulate {
        /// How.
        modulate: Modulate,
    },
    /// Crisper, by wavelets.
    WaveletSharpen {
        /// How.
        sharpen: WaveletSharpen,
    },
    /// Random grain.
    Noise {
        /// How.
        noise: Noise,
    },
    /// Any kernel.
    Convolution {
        /// Which.
        convolution: Convolution,
    },
    /// Squares of one colour.
    Pixelate {
        /// Pixels of a side.
        side: u32,
    },
    /// Regions made unreadable.
    Redact {
        /// Where.
        regions: Vec<Rect>,
        /// How.
        redact: Redact,
    },
    /// Outlines.
    Outline {
        /// Of what.
        regions: Vec<Rect>,
    },
    /// Red pupils become dark.
    RedEye {
        /// Where faces are.
        faces: Vec<Rect>,
    },
    /// A frame around the picture.
    NinePatch {
        /// Pixels between the edges of the frame and the picture.
        insets: Margins,
        /// How the frame is made.
        image: Box<Pipeline>,
    },
    /// A mark on top, at places of its own.
    Stamp {
        /// What and where.
        stamp: Stamp,
        /// How the mark's picture is made, if it is one.
        image: Option<Box<Pipeline>>,
    },
}

impl Action {
    /// The name that logs and timings use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ToSrgb => "to_srgb",
            Self::ToDisplayP3 => "to_display_p3",
            Self::Convert => "convert",
            Self::Flatten { .. } => "flatten",
            Self::Orient { .. } => "orient",
            Self::Resample { .. } => "resample",
            Self::Crop { .. } => "crop",
            Self::Pad { .. } => "pad",
            Self::Rotate { .. } => "rotate",
            Self::MaskCircle { .. } => "mask_circle",
            Self::MaskRounded { .. } => "mask_rounded",
            Self::Blur { .. } => "blur",
            Self::Sharpen { .. } => "sharpen",
            Self::Linear { .. } => "linear",
            Self::Greyscale => "greyscale",
            Self::Draw { .. } => "draw",
            Self::Fill { .. } => "fill",
            Self::MaskCorners { .. } => "mask_corners",
            Self::Tables { .. } => "tables",
            Self::Luma => "luma",
            Self::Equalize => "equalize",
            Self::Saturation { .. } => "saturation",
            Self::Modulate { .. } => "modulate",
            Self::WaveletSharpen { .. } => "wavelet_sharpen",
            Self::Noise { .. } => "noise",
            Self::Convolution { .. } => "convolution",
            Self::Pixelate { .. } => "pixelate",
            Self::Redact { .. } => "redact",
            Self::Outline { .. } => "outline",
            Self::RedEye { .. } => "red_eye",
            Self::NinePatch { .. } => "nine_patch",
            Self::Stamp { .. } => "stamp",
        }
    }
}
