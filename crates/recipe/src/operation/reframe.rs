use std::num::NonZeroU32;

use serde::Serialize;

/// Another size and aspect ratio, around what matters. Computed by [`crate::geometry::reframe`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reframe {
    /// Columns asked for.
    pub width: Side,
    /// Rows asked for.
    pub height: Side,
    /// How the picture meets that size.
    pub method: Method,
    /// Whether it may become larger.
    pub growth: Growth,
    /// What of the picture is kept, where something is cut.
    pub focus: Focus,
    /// Whose order and rounding.
    pub arithmetic: Arithmetic,
}

/// One side of a size asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// It follows from the other side and the aspect ratio; both free: as large as the picture.
    #[default]
    Free,
    /// This many pixels.
    Pixels(NonZeroU32),
    /// That of the picture, whatever the other side is.
    Original,
    /// That of the picture on which this one is laid, less this many pixels, at least 1.
    ParentLess(u32),
}

/// How a picture meets a size of another aspect ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Fills it; what hangs over is cut around the focus.
    Cover,
    /// Fits into it, nothing is cut.
    FitIn {
        /// Width and height change places where the picture is portrait and the box landscape, or the other way round.
        adaptive: bool,
        /// The smallest picture that covers the box instead of the largest inside of it; it may grow.
        full: bool,
    },
    /// Exactly that size, aspect ratio not kept.
    Stretch,
}

/// Whether a picture may become larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// As the method has it: `Cover`, `Stretch` and full `FitIn` may, `FitIn` may not.
    #[default]
    Usual,
    /// Always.
    Always,
    /// Each side asked for is at most that of the picture as it was loaded, each by itself.
    Never,
}

/// What of a picture is kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Focus {
    /// Rectangles that matter, weighted by their areas. They count from the picture before [`crate::Cut`].
    pub regions: Vec<FocalRegion>,
    /// Where there are none: left, middle or right.
    pub column: Edge,
    /// Where there are none: top, middle or bottom.
    pub row: Edge,
    /// Whether an analyser looks for regions where none are given.
    pub detect: bool,
}

/// Which end of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Left or top.
    Start,
    /// The middle.
    #[default]
    Middle,
    /// Right or bottom.
    End,
}

/// A rectangle that matters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FocalRegion {
    /// Left edge, in pixels or as part of the width.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Whether the numbers are parts of width and height, 0 to 1.
    pub relative: bool,
}

/// Whose order of steps and rounding a [`Reframe`] follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// A window of the picture is cut and then scaled; rounding half to even (Thumbor).
    CropThenScale,
    /// The picture is scaled and then a window is cut; rounding half up (imagor, with libvips).
    ScaleThenCrop,
}
