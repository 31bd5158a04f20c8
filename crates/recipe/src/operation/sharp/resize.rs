use serde::Serialize;

use crate::geometry::Resized;
use crate::{Colour, Gravity, Rect, Size};

/// Another size, with all that sharp's `resize` takes. Where the result lies is computed by [`sharp_resize`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SharpResize {
    /// The size asked for.
    pub target: SharpTarget,
    /// How the picture meets it.
    pub fit: SharpFit,
    /// What is kept, or where the picture lies, where the aspect ratios differ.
    pub placement: Placement,
    /// How samples are mixed.
    pub kernel: Kernel,
    /// No axis is scaled up; the box keeps its size all the same.
    pub without_enlargement: bool,
    /// No axis is scaled down; the box keeps its size all the same.
    pub without_reduction: bool,
}

/// The size asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SharpTarget {
    /// Pixels, 1 or more; a side that is absent follows from the aspect ratio (in `Fill`: stays).
    Box {
        /// Columns.
        width: Option<u32>,
        /// Rows.
        height: Option<u32>,
    },
    /// Part of the picture's own width and height, above 0; both are rounded (DIT's `ratio`).
    Ratio(f64),
}

/// How a picture of one aspect ratio meets a box of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SharpFit {
    /// Covers the box; what hangs over is cut.
    Cover,
    /// Fits into the box, which is filled up with this colour. Default: opaque black.
    Contain(Colour),
    /// Exactly the box.
    Fill,
    /// The largest picture that fits into the box.
    Inside,
    /// The smallest picture that covers the box.
    Outside,
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// That edge, corner, or the middle.
    Gravity(Gravity),
    /// The part of the highest entropy. Only in `Cover`; elsewhere the middle.
    Entropy,
    /// The part with skin tones, saturation and luminance frequency. Only in `Cover`; elsewhere the middle.
    Attention,
}

/// How samples are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// The nearest one.
    Nearest,
    /// Linear.
    Linear,
    /// Catmull-Rom.
    Cubic,
    /// Mitchell-Netravali.
    Mitchell,
    /// Lanczos with a = 2.
    Lanczos2,
    /// Lanczos with a = 3.
    #[default]
    Lanczos3,
    /// Magic kernel sharp 2013.
    Mks2013,
    /// Magic kernel sharp 2021.
    Mks2021,
}

/// What `resize` comes to for a picture of `size`. [`Placement::Entropy`] and [`Placement::Attention`], which pixels
/// decide, count as the middle. Sides are rounded half to even, to at least 1 (sharp's `ResolveShrink` and libvips'
/// `resize`).
pub fn sharp_resize(size: Size, resize: &SharpResize) -> Resized {
    let of = |part: f64, side: u32| rounded(part * f64::from(side));
    let (width, height) = match resize.target {
        SharpTarget::Box { width, height } => (width, height),
        SharpTarget::Ratio(ratio) => (Some(of(ratio, size.width)), Some(of(ratio, size.height))),
    };
    let scale = |wanted: Option<u32>, side: u32| wanted.map(|wanted| f64::from(wanted.max(1)) / f64::from(side.max(1)));
    let (x, y) = match (scale(width, size.width), scale(height, size.height), resize.fit) {
        (None, None, _) => (1.0, 1.0),
        (x, y, SharpFit::Fill) => (x.unwrap_or(1.0), y.unwrap_or(1.0)),
        (Some(x), None, _) => (x, x),
        (None, Some(y), _) => (y, y),
        (Some(x), Some(y), SharpFit::Cover | SharpFit::Outside) => (x.max(y), x.max(y)),
        (Some(x), Some(y), SharpFit::Contain(_) | SharpFit::Inside) => (x.min(y), x.min(y)),
    };
    let bounded = |scale: f64| {
        let scale = if resize.without_reduction { scale.max(1.0) } else { scale };
        if resize.without_enlargement { scale.min(1.0) } else { scale }
    };
    let scaled = Size::new(of(bounded(x), size.width), of(bounded(y), size.height));
    let wanted = Size::new(width.unwrap_or(scaled.width).max(1), height.unwrap_or(scaled.height).max(1));
    let whole = Resized { scaled, window: Rect::whole(scaled), canvas: scaled, at: (0, 0) };
    let gravity = match resize.placement {
        Placement::Gravity(gravity) => gravity,
        Placement::Entropy | Placement::Attention => Gravity::Centre,
    };
    match resize.fit {
        SharpFit::Fill | SharpFit::Inside | SharpFit::Outside => whole,
        SharpFit::Contain(_) => {
            let canvas = Size::new(wanted.width.max(scaled.width), wanted.height.max(scaled.height));
            let x = part(canvas.width - scaled.width, gravity.column(), 0);
            let y = part(canvas.height - scaled.height, gravity.row(), 0);
            Resized { canvas, at: (x, y), ..whole }
        }
        SharpFit::Cover => {
            let kept = Size::new(wanted.width.min(scaled.width), wanted.height.min(scaled.height));
            let x = part(scaled.width - kept.width, gravity.column(), 1);
            let y = part(scaled.height - kept.height, gravity.row(), 1);
            Resized { window: Rect { x, y, size: kept }, canvas: kept, ..whole }
        }
    }
}

/// Free pixels before the picture: none at the start, all at the end, half of them plus `rounding` in the middle.
const fn part(free: u32, cell: u32, rounding: u32) -> u32 {
    match cell {
        0 => 0,
        1 => free / 2 + (free % 2) * rounding,
        _ => free,
    }
}

/// A side, at least 1; numbers too large for one become the largest, which every limit refuses.
fn rounded(side: f64) -> u32 {
    (side.round_ties_even() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resize(width: u32, height: u32, fit: SharpFit) -> SharpResize {
        let side = |pixels| (pixels > 0).then_some(pixels);
        SharpResize {
            target: SharpTarget::Box { width: side(width), height: side(height) },
            fit,
            placement: Placement::Gravity(Gravity::Centre),
            kernel: Kernel::default(),
            without_enlargement: false,
            without_reduction: false,
        }
    }

    const CONTAIN: SharpFit = SharpFit::Contain(Colour::BLACK);

    #[test]
    fn sizes_of_every_fit() {
        let picture = Size::new(600, 400);
        for (width, height, fit, expected) in [
            (200, 200, SharpFit::Cover, (200, 200)),
            (200, 200, CONTAIN, (200, 200)),
            (151, 90, SharpFit::Fill, (151, 90)),
            (151, 0, SharpFit::Fill, (151, 400)),
            (200, 200, SharpFit::Inside, (200, 133)),
            (200, 200, SharpFit::Outside, (300, 200)),
            (50, 0, SharpFit::Cover, (50, 33)),
            (0, 90, CONTAIN, (135, 90)),
            (0, 0, SharpFit::Inside, (600, 400)),
        ] {
            let resized = sharp_resize(picture, &resize(width, height, fit));
            assert_eq!(resized.canvas, Size::new(expected.0, expected.1), "{width} {height} {fit:?}");
        }
        let ratio = SharpResize { target: SharpTarget::Ratio(1.25), ..resize(0, 0, SharpFit::Inside) };
        assert_eq!(sharp_resize(picture, &ratio).canvas, Size::new(750, 500));
    }

    #[test]
    fn without_enlargement_the_box_stays() {
        let picture = Size::new(300, 200);
        let bounded = |width, height, fit| {
            let wanted = SharpResize { without_enlargement: true, ..resize(width, height, fit) };
            sharp_resize(picture, &wanted)
        };
        assert_eq!(bounded(400, 100, SharpFit::Cover).canvas, Size::new(300, 100));
        assert_eq!(bounded(400, 400, SharpFit::Cover).canvas, picture);
        let padded = bounded(400, 400, CONTAIN);
        assert_eq!((padded.canvas, padded.scaled, padded.at), (Size::new(400, 400), picture, (50, 100)));
        assert_eq!(bounded(400, 100, SharpFit::Fill).canvas, Size::new(300, 100));
        assert_eq!(bounded(400, 400, SharpFit::Inside).canvas, picture);
        let never_smaller = SharpResize { without_reduction: true, ..resize(100, 100, SharpFit::Cover) };
        assert_eq!(sharp_resize(picture, &never_smaller).canvas, Size::new(100, 100));
        assert_eq!(sharp_resize(picture, &never_smaller).scaled, picture);
    }

    #[test]
    fn gravity_places_window_and_picture() {
        let at = |gravity, fit| {
            let placement = Placement::Gravity(gravity);
            sharp_resize(Size::new(301, 200), &SharpResize { placement, ..resize(200, 200, fit) })
        };
        let window = |gravity| (at(gravity, SharpFit::Cover).window.x, at(gravity, SharpFit::Cover).window.y);
        assert_eq!([Gravity::West, Gravity::North, Gravity::East].map(window), [(0, 0), (51, 0), (101, 0)]);
        let padded = |gravity| at(gravity, CONTAIN).at;
        assert_eq!([Gravity::North, Gravity::Centre, Gravity::South].map(padded), [(0, 0), (0, 33), (0, 67)]);
    }

    #[test]
    fn no_side_is_ever_0() {
        for fit in [SharpFit::Cover, CONTAIN, SharpFit::Fill, SharpFit::Inside, SharpFit::Outside] {
            for (size, width, height) in
                [(Size::new(10_000, 1), 1, 0), (Size::new(1, 9), 0, 1), (Size::new(1, 1), 3, 9)]
            {
                let resized = sharp_resize(size, &resize(width, height, fit));
                assert!(!resized.window.is_empty() && resized.window.fits(resized.scaled), "{fit:?}");
                assert!(resized.canvas.shorter() > 0, "{fit:?}");
            }
        }
    }
}
