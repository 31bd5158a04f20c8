use serde::Serialize;

use super::shape::side;
use crate::{Enlarge, Fit, Rect, Resize, Size, Target};

/// What a resize comes to for a picture of known size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resized {
    /// The whole picture is resampled to this size…
    pub scaled: Size,
    /// …this part of it is kept (all of it, but for `Cover`)…
    pub window: Rect,
    /// …and laid on a canvas of this size (as large as the window, but for `Contain`)…
    pub canvas: Size,
    /// …with its upper left corner here.
    pub at: (u32, u32),
}

impl Resized {
    fn to(scaled: Size) -> Self {
        Self { scaled, window: Rect::whole(scaled), canvas: scaled, at: (0, 0) }
    }
}

/// What `resize` comes to for a picture of `size`. `parent` is the size of the picture on which this one will be laid;
/// for a main input, which has none, percent of the parent are percent of itself.
///
/// [`Enlarge::AllowedButGif`] counts as allowed: whoever knows the format decides. Sides that follow from the aspect ratio are rounded half up, to at least 1.
pub fn resize(size: Size, resize: &Resize, parent: Option<Size>) -> Resized {
    let unchanged = Resized::to(size);
    let bounded = matches!(resize.enlarge, Enlarge::Never | Enlarge::NeverEachSide);
    let (width, height) = match resize.target {
        Target::Box { width, height } => (width, height),
        Target::Sides { longer, shorter } if size.width > size.height => (longer, shorter),
        Target::Sides { longer, shorter } => (shorter, longer),
        Target::Percent(percent) if percent > 100 && bounded => return unchanged,
        Target::Percent(percent) => return Resized::to(scaled(size, f64::from(percent) / 100.0)),
        Target::PercentOfParent(percent) => {
            let parent = parent.unwrap_or(size);
            (Some(of(percent, parent.width)), Some(of(percent, parent.height)))
        }
    };
    let (full_width, full_height) = (f64::from(size.width), f64::from(size.height));
    let (scale_x, scale_y) = (width.map(|w| f64::from(w) / full_width), height.map(|h| f64::from(h) / full_height));
    let larger = |scale: f64| bounded && scale > 1.0;

    let (x, y) = match (scale_x, scale_y) {
        (None, None) => return unchanged,
        (Some(scale), None) | (None, Some(scale)) => {
            // With one side given every fit is the same, but for Stretch, which keeps the other side.
            if resize.fit != Fit::Stretch {
                if larger(scale) {
                    return unchanged;
                }
                return Resized::to(Size::new(
                    width.unwrap_or_else(|| side(full_width * scale)),
                    height.unwrap_or_else(|| side(full_height * scale)),
                ));
            }
            (scale_x.unwrap_or(1.0), scale_y.unwrap_or(1.0))
        }
        (Some(x), Some(y)) => (x, y),
    };
    let wanted = Size::new(width.unwrap_or(size.width), height.unwrap_or(size.height));
    match resize.fit {
        Fit::Stretch if larger(x.max(y)) => match resize.enlarge {
            Enlarge::NeverEachSide => {
                Resized::to(Size::new(wanted.width.min(size.width), wanted.height.min(size.height)))
            }
            _ => unchanged,
        },
        Fit::Stretch => Resized::to(wanted),
        Fit::Inside | Fit::Contain { .. } if larger(x.min(y)) => unchanged,
        Fit::Outside | Fit::Cover if larger(x.max(y)) => unchanged,
        Fit::Inside => Resized::to(inside(size, wanted, x, y)),
        Fit::Outside => Resized::to(outside(size, wanted, x, y)),
        Fit::Cover => {
            let scaled = outside(size, wanted, x, y);
            let window = Rect {
                x: (scaled.width - wanted.width).div_ceil(2),
                y: (scaled.height - wanted.height).div_ceil(2),
                size: wanted,
            };
            Resized { scaled, window, canvas: wanted, at: (0, 0) }
        }
        Fit::Contain { .. } => {
            let scaled = inside(size, wanted, x, y);
            let at = ((wanted.width - scaled.width) / 2, (wanted.height - scaled.height) / 2);
            Resized { scaled, window: Rect::whole(scaled), canvas: wanted, at }
        }
    }
}

fn of(percent: u32, length: u32) -> u32 {
    side(f64::from(length) * f64::from(percent) / 100.0)
}

fn scaled(size: Size, scale: f64) -> Size {
    Size::new(side(f64::from(size.width) * scale), side(f64::from(size.height) * scale))
}

/// One side as asked for, the other at most.
fn inside(size: Size, wanted: Size, x: f64, y: f64) -> Size {
    if x <= y {
        Size::new(wanted.width, side(f64::from(size.height) * x).min(wanted.height))
    } else {
        Size::new(side(f64::from(size.width) * y).min(wanted.width), wanted.height)
    }
}

/// One side as asked for, the other at least.
fn outside(size: Size, wanted: Size, x: f64, y: f64) -> Size {
    if x >= y {
        Size::new(wanted.width, side(f64::from(size.height) * x).max(wanted.height))
    } else {
        Size::new(side(f64::from(size.width) * y).max(wanted.width), wanted.height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Colour, Light};

    const PHOTO: Size = Size::new(400, 267);
    const PAD: Fit = Fit::Contain { background: Colour::WHITE };

    fn boxed(w: u32, h: u32, fit: Fit, enlarge: Enlarge) -> Resize {
        let some = |n| (n > 0).then_some(n);
        Resize { target: Target::Box { width: some(w), height: some(h) }, fit, enlarge, light: Light::Gamma }
    }

    fn canvas(size: Size, r: Resize) -> (u32, u32) {
        let Resized { canvas, .. } = resize(size, &r, None);
        (canvas.width, canvas.height)
    }

    #[test]
    fn fits_of_the_reference_server() {
        let small = Size::new(200, 100);
        for (fit, expected) in
            [(Fit::Inside, (150, 75)), (Fit::Outside, (160, 80)), (Fit::Cover, (150, 80)), (PAD, (150, 80))]
        {
            assert_eq!(canvas(small, boxed(150, 80, fit, Enlarge::Never)), expected, "{fit:?}");
        }
        assert_eq!(canvas(PHOTO, boxed(200, 0, Fit::Inside, Enlarge::Never)), (200, 134));
        assert_eq!(canvas(PHOTO, boxed(0, 100, Fit::Inside, Enlarge::Never)), (150, 100));
        assert_eq!(canvas(PHOTO, boxed(100, 100, Fit::Stretch, Enlarge::Never)), (100, 100));
        assert_eq!(canvas(PHOTO, boxed(800, 0, Fit::Inside, Enlarge::Allowed)), (800, 534));
    }

    #[test]
    fn nothing_is_enlarged_unless_allowed() {
        for fit in [Fit::Inside, Fit::Outside, Fit::Cover, PAD, Fit::Stretch] {
            assert_eq!(canvas(PHOTO, boxed(600, 600, fit, Enlarge::Never)), (400, 267), "{fit:?}");
        }
        assert_eq!(canvas(PHOTO, boxed(800, 100, Fit::Stretch, Enlarge::NeverEachSide)), (400, 100));
        assert_eq!(canvas(PHOTO, boxed(600, 600, PAD, Enlarge::Allowed)), (600, 600));
    }

    #[test]
    fn sides_follow_the_picture() {
        let sides = |longer, shorter, fit| Resize {
            target: Target::Sides { longer, shorter },
            fit,
            enlarge: Enlarge::Never,
            light: Light::Gamma,
        };
        assert_eq!(canvas(PHOTO, sides(Some(100), None, Fit::Inside)), (100, 67));
        assert_eq!(canvas(PHOTO, sides(None, Some(100), Fit::Inside)), (150, 100));
        assert_eq!(canvas(PHOTO.transposed(), sides(Some(100), None, Fit::Inside)), (67, 100));
        assert_eq!(canvas(PHOTO, sides(Some(100), Some(100), Fit::Inside)), (100, 67));
    }

    #[test]
    fn percent_of_itself_and_of_the_parent() {
        let percent = |target| Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::Gamma };
        assert_eq!(canvas(Size::new(333, 424), percent(Target::Percent(50))), (167, 212));
        let of_parent = resize(Size::new(167, 112), &percent(Target::PercentOfParent(30)), Some(PHOTO));
        assert_eq!(of_parent.canvas, Size::new(119, 80));
    }

    #[test]
    fn cover_cuts_both_sides_and_contain_fills_both() {
        let cover = resize(Size::new(640, 427), &boxed(160, 160, Fit::Cover, Enlarge::Never), None);
        assert_eq!((cover.scaled, cover.window.x), (Size::new(240, 160), 40));
        let contain = resize(PHOTO, &boxed(120, 120, PAD, Enlarge::Never), None);
        assert_eq!((contain.scaled, contain.at), (Size::new(120, 80), (0, 20)));
    }

    proptest! {
        #[test]
        fn nothing_is_ever_empty_or_outside(
            width in 1..30_000u32, height in 1..30_000u32, w in 0..20_000u32, h in 0..20_000u32,
            fit in 0..5usize, enlarge in 0..3usize,
        ) {
            let fit = [Fit::Inside, Fit::Outside, Fit::Cover, PAD, Fit::Stretch][fit];
            let enlarge = [Enlarge::Allowed, Enlarge::Never, Enlarge::NeverEachSide][enlarge];
            let r = resize(Size::new(width, height), &boxed(w, h, fit, enlarge), None);
            prop_assert!(r.scaled.width > 0 && r.scaled.height > 0);
            prop_assert!(r.window.size.width > 0 && r.window.size.height > 0 && r.window.fits(r.scaled));
            let laid = Rect { x: r.at.0, y: r.at.1, size: r.window.size };
            prop_assert!(laid.fits(r.canvas));
            if enlarge != Enlarge::Allowed {
                prop_assert!(r.scaled.width <= width && r.scaled.height <= height);
            }
        }
    }
}
