use serde::Serialize;

use super::{
    Affine, Bandbool, Channel, ChannelLinear, Clahe, Colourspace, Composite, ContentModeration, Extend, LchModulate,
    Negate, Normalise, Recomb, RotateByAngle, RoundCrop, SharpConvolution, SharpResize, SharpSharpen, SharpTrim,
    SmartCrop,
};
use crate::{Colour, Operation, Step};

/// Something that sharp, or a server built on it, does to a picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SharpStep {
    /// What other dialects can say too.
    Step(Step),
    /// Colours are computed in this space up to the end of the resize (`pipelineColourspace`).
    PipelineColourspace(Colourspace),
    /// A uniform border is taken off.
    Trim(SharpTrim),
    /// Another size that [`Operation::Resize`] does not say.
    Resize(SharpResize),
    /// Rotation by any angle, with a colour in the corners.
    RotateByAngle(RotateByAngle),
    /// Any linear map of coordinates.
    Affine(Affine),
    /// Pixels around the picture.
    Extend(Extend),
    /// Each pixel becomes the median of the square of so many pixels around it, 1 to 1000.
    Median(u32),
    /// Luma only, and then white where it is at least this, black elsewhere; 0 does nothing.
    Threshold(u8),
    /// White pixels become transparent.
    Unflatten,
    /// Any kernel, with a divisor and an offset.
    Convolution(SharpConvolution),
    /// Each channel is mixed of all.
    Recomb(Recomb),
    /// Lightness, chroma and hue in CIE `LCh`.
    Modulate(LchModulate),
    /// Crisper, with all of libvips' parameters.
    Sharpen(SharpSharpen),
    /// A picture on top.
    Composite(Composite),
    /// A factor for each channel.
    Linear(ChannelLinear),
    /// Lightness stretched to the whole range.
    Normalise(Normalise),
    /// Local contrast.
    Clahe(Clahe),
    /// All channels become one by a bitwise operation between them.
    Bandbool(Bandbool),
    /// The chroma of this colour, whose alpha is of no effect, with the picture's lightness: L* of CIE Lab is kept, a* and
    /// b* are replaced.
    Tint(Colour),
    /// Alpha is dropped; colours stay.
    RemoveAlpha,
    /// An alpha channel of this opacity, 0 to 1, where there is none.
    EnsureAlpha(f64),
    /// Colours are converted to this space for the output.
    Colourspace(Colourspace),
    /// One channel is kept, as grey.
    ExtractChannel(Channel),
    /// Every channel becomes its inverse.
    Negate(Negate),
    /// An ellipse is cut out.
    RoundCrop(RoundCrop),
    /// The window around a face.
    SmartCrop(SmartCrop),
    /// Blurred if an analyser finds something that should not be shown.
    ContentModeration(ContentModeration),
}

impl SharpStep {
    /// The name that plans, logs and refusals use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Step(step) => step.name(),
            Self::PipelineColourspace(_) => "pipeline_colourspace",
            Self::Trim(_) => "sharp_trim",
            Self::Resize(_) => "sharp_resize",
            Self::RotateByAngle(_) => "rotate_by_angle",
            Self::Affine(_) => "affine",
            Self::Extend(_) => "extend",
            Self::Median(_) => "median",
            Self::Threshold(_) => "threshold",
            Self::Unflatten => "unflatten",
            Self::Convolution(_) => "sharp_convolution",
            Self::Recomb(_) => "recomb",
            Self::Modulate(_) => "lch_modulate",
            Self::Sharpen(_) => "sharp_sharpen",
            Self::Composite(_) => "composite",
            Self::Linear(_) => "channel_linear",
            Self::Normalise(_) => "normalise",
            Self::Clahe(_) => "clahe",
            Self::Bandbool(_) => "bandbool",
            Self::Tint(_) => "tint",
            Self::RemoveAlpha => "remove_alpha",
            Self::EnsureAlpha(_) => "ensure_alpha",
            Self::Colourspace(_) => "colourspace",
            Self::ExtractChannel(_) => "extract_channel",
            Self::Negate(_) => "negate",
            Self::RoundCrop(_) => "round_crop",
            Self::SmartCrop(_) => "smart_crop",
            Self::ContentModeration(_) => "content_moderation",
        }
    }

    /// The operation that it is, if an engine can do it today.
    pub const fn operation(&self) -> Option<&Operation> {
        match self {
            Self::Step(Step::Operation(operation)) => Some(operation),
            _ => None,
        }
    }
}

impl From<Step> for SharpStep {
    fn from(step: Step) -> Self {
        Self::Step(step)
    }
}

impl From<Operation> for SharpStep {
    fn from(operation: Operation) -> Self {
        Self::Step(Step::Operation(operation))
    }
}
