use serde::Serialize;

use crate::{Gravity, InputIndex};

/// A picture on top of another, whose size stays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Composite {
    /// What is drawn.
    pub mark: CompositeMark,
    /// Where it lies on an axis that has no offset: at the edge that this names, or in the middle, half a pixel rounded up.
    pub gravity: Gravity,
    /// Distance from the left edge.
    pub left: Option<Offset>,
    /// Distance from the upper edge.
    pub top: Option<Offset>,
    /// Repeated without gaps over the whole picture, from the copy that `gravity` and the offsets place.
    pub tile: bool,
    /// How colours meet.
    pub blend: CompositeBlend,
    /// Whether the mark's colours are already multiplied by its alpha.
    pub premultiplied: bool,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CompositeMark {
    /// The picture, after its own operations. Of an animation the first frame, on every frame below.
    pub input: InputIndex,
    /// Width of the box into which it is scaled, in percent of the picture's, above 0; the box's sides are cut to whole
    /// pixels, at least 1. `None` for both sides is its own size, for one the aspect ratio decides.
    pub width_percent: Option<f64>,
    /// Height of that box, in percent of the picture's.
    pub height_percent: Option<f64>,
    /// Whether it has exactly the size of that box, where both sides are given; otherwise it fits into it.
    pub stretched: bool,
    /// Percent of transparency, 0 (as it is) to 100 (nothing); its alpha is multiplied by 1 − percent / 100.
    pub transparency_percent: f64,
}

/// Where a mark lies along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    /// This many pixels from the near edge.
    FromStart(u32),
    /// Its far edge lies this many pixels before the far edge of the picture.
    FromEnd(u32),
    /// ⌊side·percent / 100⌋ pixels from the near edge.
    PercentFromStart(u32),
    /// ⌊side − side·percent / 100 − mark⌋ pixels from the near edge.
    PercentFromEnd(u32),
}

/// How a mark meets what is below (libvips' `VipsBlendMode`; Porter and Duff, 1984; PDF 1.7, section 11.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompositeBlend {
    /// Nothing, where the mark is.
    Clear,
    /// The mark alone.
    Source,
    /// The mark on top.
    #[default]
    Over,
    /// The mark where the picture is.
    In,
    /// The mark where the picture is not.
    Out,
    /// The mark on top, only where the picture is.
    Atop,
    /// The picture alone.
    Dest,
    /// The picture on top.
    DestOver,
    /// The picture where the mark is.
    DestIn,
    /// The picture where the mark is not.
    DestOut,
    /// The picture on top, only where the mark is.
    DestAtop,
    /// Each where the other is not.
    Xor,
    /// Sum.
    Add,
    /// Sum, at most opaque.
    Saturate,
    /// Product.
    Multiply,
    /// Inverse product.
    Screen,
    /// Multiply or screen, by what is below.
    Overlay,
    /// The darker one.
    Darken,
    /// The lighter one.
    Lighten,
    /// Brightens by the inverse.
    ColourDodge,
    /// Darkens by the inverse.
    ColourBurn,
    /// Multiply or screen, by the mark.
    HardLight,
    /// Softly darker or lighter.
    SoftLight,
    /// Difference.
    Difference,
    /// Difference with less contrast.
    Exclusion,
}
