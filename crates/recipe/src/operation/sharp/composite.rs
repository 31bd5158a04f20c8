use serde::Serialize;

use crate::{Gravity, InputIndex, Size};

use super::{Kernel, Placement, SharpFit, SharpResize, SharpTarget, sharp_resize};

/// A picture on top of another, whose size stays; a mark larger than that is an error.
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
    /// Repeated without gaps over the whole picture, from the copy that `gravity` places, in the middle half a pixel
    /// rounded down; an offset is what is cut off the first copy.
    pub tile: bool,
    /// How colours meet.
    pub blend: CompositeBlend,
    /// Whether the mark's colours are already multiplied by its alpha.
    pub premultiplied: bool,
}

impl Composite {
    /// Size of the mark, whose own is `own`, on a picture of size `canvas`.
    pub fn mark_size(mark: &CompositeMark, canvas: Size, own: Size) -> Size {
        let part = |side: u32, percent: Option<f64>| {
            percent.map(|percent| ((f64::from(side) * percent / 100.0).floor() as u32).max(1))
        };
        let (width, height) = (part(canvas.width, mark.width_percent), part(canvas.height, mark.height_percent));
        let stretched = mark.stretched && width.is_some() && height.is_some();
        let resize = SharpResize {
            target: SharpTarget::Box { width, height },
            fit: if stretched { SharpFit::Fill } else { SharpFit::Inside },
            placement: Placement::Gravity(Gravity::Centre),
            kernel: Kernel::default(),
            without_enlargement: false,
            without_reduction: false,
        };
        sharp_resize(own, &resize).canvas
    }

    /// Column and row of the upper left corner of a mark of this size, or of one of its copies.
    pub fn place(&self, canvas: Size, mark: Size) -> (i64, i64) {
        let axis = |canvas: u32, mark: u32, offset: Option<Offset>, cell: u32| {
            let (canvas, mark) = (i64::from(canvas), i64::from(mark));
            match (offset, self.tile) {
                (Some(offset), false) => offset.pixels(canvas, mark),
                (Some(offset), true) => {
                    // As many copies as cover the picture, an odd number of them around a middle.
                    let count = (canvas + mark - 1) / mark.max(1);
                    let count = if cell == 1 { count | 1 } else { count };
                    -offset.pixels(canvas, mark).clamp(0, count * mark - canvas)
                }
                (None, tile) => match cell {
                    0 => 0,
                    1 => (canvas - mark + i64::from(!tile)).div_euclid(2),
                    _ => canvas - mark,
                },
            }
        };
        (
            axis(canvas.width, mark.width, self.left, self.gravity.column()),
            axis(canvas.height, mark.height, self.top, self.gravity.row()),
        )
    }
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

impl Offset {
    /// Pixels between the near edges of a picture and a mark whose sides along the axis are these.
    fn pixels(self, canvas: i64, mark: i64) -> i64 {
        match self {
            Self::FromStart(pixels) => pixels.into(),
            Self::FromEnd(pixels) => canvas - i64::from(pixels) - mark,
            Self::PercentFromStart(percent) => canvas * i64::from(percent) / 100,
            Self::PercentFromEnd(percent) => (canvas * (100 - i64::from(percent))).div_euclid(100) - mark,
        }
    }
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

impl CompositeBlend {
    /// Whether a mark that is transparent everywhere leaves the picture as it is, so that what is beside a mark stays.
    pub const fn keeps_what_is_beside(self) -> bool {
        !matches!(self, Self::Clear | Self::Source | Self::In | Self::Out | Self::DestIn | Self::DestAtop)
    }

    /// Whether opaque pictures stay opaque.
    pub const fn keeps_opaque(self) -> bool {
        self.keeps_what_is_beside() && !matches!(self, Self::DestOut | Self::Xor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size::new(101, 50);

    fn composite(gravity: Gravity, left: Option<Offset>, tile: bool) -> Composite {
        let mark = CompositeMark {
            input: InputIndex(1),
            width_percent: None,
            height_percent: None,
            stretched: false,
            transparency_percent: 0.0,
        };
        Composite { mark, gravity, left, top: None, tile, blend: CompositeBlend::Over, premultiplied: false }
    }

    #[test]
    fn marks_lie_where_gravity_and_offsets_say() {
        let mark = Size::new(20, 10);
        let place = |gravity, left| composite(gravity, left, false).place(CANVAS, mark);
        assert_eq!(place(Gravity::Centre, None), (41, 20));
        assert_eq!(place(Gravity::SouthEast, None), (81, 40));
        assert_eq!(place(Gravity::North, Some(Offset::FromEnd(5))), (76, 0));
        assert_eq!(place(Gravity::North, Some(Offset::PercentFromStart(10))), (10, 0));
        // ⌊101 − 10.1 − 20⌋.
        assert_eq!(place(Gravity::North, Some(Offset::PercentFromEnd(10))), (70, 0));
    }

    #[test]
    fn tiles_begin_at_the_copy_that_is_placed() {
        let mark = Size::new(20, 20);
        let place = |gravity, left| composite(gravity, left, true).place(CANVAS, mark).0;
        assert_eq!(place(Gravity::Centre, None), 40);
        assert_eq!(place(Gravity::East, None), 81);
        assert_eq!(place(Gravity::NorthWest, Some(Offset::FromStart(7))), -7);
        // Six copies of 20 are 19 wider than the picture.
        assert_eq!(place(Gravity::NorthWest, Some(Offset::FromStart(70))), -19);
        assert_eq!(place(Gravity::North, Some(Offset::FromStart(70))), -39);
    }

    #[test]
    fn marks_fit_into_their_share() {
        let mark = |width_percent, height_percent, stretched| {
            let mark = CompositeMark {
                width_percent,
                height_percent,
                stretched,
                ..composite(Gravity::Centre, None, false).mark
            };
            let Size { width, height } = Composite::mark_size(&mark, CANVAS, Size::new(80, 40));
            (width, height)
        };
        assert_eq!(mark(None, None, false), (80, 40));
        assert_eq!(mark(Some(50.0), None, false), (50, 25));
        assert_eq!(mark(Some(50.0), Some(20.0), false), (20, 10));
        assert_eq!(mark(Some(50.0), Some(20.0), true), (50, 10));
        assert_eq!(mark(Some(0.1), None, false), (1, 1));
    }
}
