use lightmill_recipe::sharp::{
    Bandbool, Channel, Clahe, Composite, Interpolator, Kernel, LchModulate, Normalise, Recomb, SharpConvolution,
    SharpSharpen,
};
use lightmill_recipe::{
    Backdrop, Blur, ChannelTables, Colour, Convolution, Light, Linear, Margins, Noise, Overlay, Rect, Redact,
    Saturation, Stamp, WaveletSharpen,
};
use serde::Serialize;

use super::{Part, Pipeline};
use crate::ExifOrientation;
use crate::ops::Beside;

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
        sharpen: SharpSharpen,
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
        modulate: LchModulate,
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
    /// Resampling to the step's size with another kernel than Lanczos3.
    ResampleBy {
        /// Which.
        kernel: Kernel,
    },
    /// A canvas of the step's size over which the picture goes on.
    Extend {
        /// Left and top of the picture on it.
        at: (u32, u32),
        /// How it goes on.
        beside: Beside,
    },
    /// Pixels from any place, on a canvas of the step's size.
    Affine {
        /// Where pixel (x, y) comes from: `back[0]`·x + `back[1]`·y + `back[2]` across, the rest down.
        back: [f64; 6],
        /// What the picture does not cover.
        background: Colour,
        /// How samples are interpolated.
        interpolator: Interpolator,
    },
    /// Medians.
    Median {
        /// Pixels of the square's side.
        side: u32,
    },
    /// Black or white.
    Threshold {
        /// The darkest grey that becomes white.
        level: u8,
    },
    /// White becomes transparent.
    Unflatten,
    /// Any kernel, with a divisor and an offset.
    DivideConvolution {
        /// Which.
        convolution: SharpConvolution,
    },
    /// Channels mixed.
    Recomb {
        /// How.
        recomb: Recomb,
    },
    /// A mark on top, by any blend mode.
    Composite {
        /// What.
        composite: Composite,
        /// Left and top of it, or of one of its copies.
        at: (i64, i64),
        /// How it is made.
        image: Box<Pipeline>,
    },
    /// A factor for each of red, green, blue and alpha.
    ChannelGains {
        /// Which.
        gains: [f64; 4],
    },
    /// Lightness stretched.
    Normalise {
        /// How far.
        normalise: Normalise,
    },
    /// Local contrast.
    Clahe {
        /// How.
        clahe: Clahe,
    },
    /// All channels joined by bits.
    Bandbool {
        /// How.
        operation: Bandbool,
    },
    /// The chroma of a colour.
    Tint {
        /// Which.
        colour: Colour,
    },
    /// Alpha dropped.
    RemoveAlpha,
    /// Alpha added.
    EnsureAlpha {
        /// 0 to 1.
        opacity: f64,
    },
    /// One channel as grey.
    ExtractChannel {
        /// Which.
        channel: Channel,
    },
    /// Every channel inverted, alpha included.
    Invert,
    /// Transparent outside of an ellipse.
    MaskEllipse {
        /// Column and row of its centre.
        centre: (f64, f64),
        /// Horizontal and vertical.
        radius: (f64, f64),
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
            Self::ResampleBy { .. } => "resample_by",
            Self::Extend { .. } => "extend",
            Self::Affine { .. } => "affine",
            Self::Median { .. } => "median",
            Self::Threshold { .. } => "threshold",
            Self::Unflatten => "unflatten",
            Self::DivideConvolution { .. } => "divide_convolution",
            Self::Recomb { .. } => "recomb",
            Self::Composite { .. } => "composite",
            Self::ChannelGains { .. } => "channel_gains",
            Self::Normalise { .. } => "normalise",
            Self::Clahe { .. } => "clahe",
            Self::Bandbool { .. } => "bandbool",
            Self::Tint { .. } => "tint",
            Self::RemoveAlpha => "remove_alpha",
            Self::EnsureAlpha { .. } => "ensure_alpha",
            Self::ExtractChannel { .. } => "extract_channel",
            Self::Invert => "invert",
            Self::MaskEllipse { .. } => "mask_ellipse",
        }
    }
}
