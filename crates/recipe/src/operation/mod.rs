//! One value per thing that can be done to a picture.

mod adjust;
mod canvas;
mod crop;
mod cut;
mod detail;
mod overlay;
mod reframe;
mod resize;
mod shape;
pub mod sharp;
mod stamp;
mod table;
mod tone;

pub use adjust::{Blur, Linear, Sharpen};
pub use canvas::{Backdrop, Corners, Fill, FillCanvas, Flatten, Margins, NinePatch};
pub use crop::{Crop, CropOrigin, Tile, TileAxis};
pub use cut::{Corner, Cut, Edges, Flip, Trim, TrimDistance};
pub use detail::{Convolution, DetectionMark, Noise, Redact, RedactShape, RedactWith, WaveletSharpen};
pub use overlay::{Alignment, Mark, MarkOrder, Overlay, Shadow, Text, Tiling};
pub use reframe::{Arithmetic, Edge, FocalRegion, Focus, Growth, Method, Reframe, Side};
pub use resize::{Enlarge, Fit, Light, Resize, Target};
pub use shape::{Circle, CircleCentre, Rotate, RoundedCorners};
pub use stamp::{
    Blend, Fade, LineAlignment, MarkSize, Paragraph, ParagraphWidth, Position, Stamp, StampMark, StampTiling, Wrap,
};
pub use table::{ChannelTables, Table};
pub use tone::{Modulate, Saturation};

use serde::Serialize;

use self::sharp::{
    Affine, Bandbool, Channel, ChannelLinear, Clahe, Colourspace, Composite, ContentModeration, Extend, LchModulate,
    Negate, Normalise, Recomb, RotateByAngle, RoundCrop, SharpConvolution, SharpResize, SharpSharpen, SharpTrim,
    SmartCrop,
};
use crate::{Colour, Rect};

/// Something that is done to a picture. Every one of them works on each frame of an animation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Another size.
    Resize(Resize),
    /// A window of the picture.
    Crop(Crop),
    /// One tile of a row or column of equal tiles.
    Tile(Tile),
    /// A disc from the middle, the rest transparent.
    Circle(Circle),
    /// Corners cut to arcs, transparent.
    RoundedCorners(RoundedCorners),
    /// Clockwise rotation on a growing canvas.
    Rotate(Rotate),
    /// Softer.
    Blur(Blur),
    /// Crisper.
    Sharpen(Sharpen),
    /// A gain and an offset on each colour channel.
    Linear(Linear),
    /// Luma only.
    Greyscale,
    /// Text, a picture or both drawn on top.
    Overlay(Overlay),
    /// Trims a uniform border and takes a window, as one rectangle.
    Cut(Cut),
    /// Another size and aspect ratio, around what matters in the picture.
    Reframe(Reframe),
    /// Enlarges to the frame of the last [`Operation::Reframe`], if both sides are smaller; the other side is cut to
    /// whole pixels ([`crate::geometry::grow`]).
    Grow,
    /// A factor on both sides, above 0 and at most 1; sides are cut to whole pixels ([`crate::geometry::proportion`]).
    Proportion(f32),
    /// Mirrored.
    Flip(Flip),
    /// A larger canvas behind the picture.
    Fill(Fill),
    /// A backdrop behind transparent pixels.
    Flatten(Flatten),
    /// Rounded corners, elliptical or coloured.
    Corners(Corners),
    /// One value for another, channel by channel.
    Tables(ChannelTables),
    /// The grey of ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B, rounded as Pillow does. Alpha stays.
    Luma,
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
    /// A picture or text drawn on top, at places of its own.
    Stamp(Stamp),
    /// Colours are computed in this space up to the end of the resize.
    PipelineColourspace(Colourspace),
    /// A window that must lie inside of the picture.
    Extract(Rect),
    /// A uniform border is taken off, as sharp does.
    SharpTrim(SharpTrim),
    /// Another size, with all that sharp can say of it.
    SharpResize(SharpResize),
    /// Rotation by any angle, with a colour in the corners.
    RotateByAngle(RotateByAngle),
    /// Any linear map of coordinates.
    Affine(Affine),
    /// Pixels around the picture.
    Extend(Extend),
    /// Each sample becomes the median of the square of so many pixels around it, 1 to 1000; alpha takes part.
    Median(u32),
    /// [`Operation::Greyscale`], and then white where it is at least this, black elsewhere; alpha likewise. 0 does nothing.
    Threshold(u8),
    /// White pixels become transparent.
    Unflatten,
    /// Any kernel, with a divisor and an offset.
    SharpConvolution(SharpConvolution),
    /// Each channel is mixed of all.
    Recomb(Recomb),
    /// Lightness, chroma and hue in CIE `LCh`, lightness also by an offset.
    LchModulate(LchModulate),
    /// Crisper, with all of libvips' parameters.
    SharpSharpen(SharpSharpen),
    /// A picture on top, with a blend mode, ratios or tiles.
    Composite(Composite),
    /// A factor for each channel.
    ChannelLinear(ChannelLinear),
    /// Lightness stretched to the whole range.
    Normalise(Normalise),
    /// Local contrast.
    Clahe(Clahe),
    /// All channels become one by a bitwise operation between them.
    Bandbool(Bandbool),
    /// The chroma of this colour, whose alpha is of no effect, in the middle tones: [`Operation::Greyscale`], and then a table of
    /// colours with the lightness L* of each grey and a* and b* of the tint times 1 − 4·(L* / 100 − ½)².
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

impl Operation {
    /// The name that plans, logs and timings use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Resize(_) => "resize",
            Self::Crop(_) => "crop",
            Self::Tile(_) => "tile",
            Self::Circle(_) => "circle",
            Self::RoundedCorners(_) => "rounded_corners",
            Self::Rotate(_) => "rotate",
            Self::Blur(_) => "blur",
            Self::Sharpen(_) => "sharpen",
            Self::Linear(_) => "linear",
            Self::Greyscale => "greyscale",
            Self::Overlay(_) => "overlay",
            Self::Cut(_) => "cut",
            Self::Reframe(_) => "reframe",
            Self::Grow => "grow",
            Self::Proportion(_) => "proportion",
            Self::Flip(_) => "flip",
            Self::Fill(_) => "fill",
            Self::Flatten(_) => "flatten",
            Self::Corners(_) => "corners",
            Self::Tables(_) => "tables",
            Self::Luma => "luma",
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
            Self::PipelineColourspace(_) => "pipeline_colourspace",
            Self::Extract(_) => "extract",
            Self::SharpTrim(_) => "sharp_trim",
            Self::SharpResize(_) => "sharp_resize",
            Self::RotateByAngle(_) => "rotate_by_angle",
            Self::Affine(_) => "affine",
            Self::Extend(_) => "extend",
            Self::Median(_) => "median",
            Self::Threshold(_) => "threshold",
            Self::Unflatten => "unflatten",
            Self::SharpConvolution(_) => "sharp_convolution",
            Self::Recomb(_) => "recomb",
            Self::LchModulate(_) => "lch_modulate",
            Self::SharpSharpen(_) => "sharp_sharpen",
            Self::Composite(_) => "composite",
            Self::ChannelLinear(_) => "channel_linear",
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
}
