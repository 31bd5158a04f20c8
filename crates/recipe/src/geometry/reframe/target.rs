use super::side;
use crate::{Arithmetic, Growth, Reframe, Side, Size};

/// The size asked for, in pixels, of a picture that is `size` large and was `loaded` before anything was cut off.
///
/// Both sides free: that of the picture. One free: other · src / src, rounded half to even (Thumbor) or half up.
pub(super) fn target(loaded: Size, size: Size, parent: Size, reframe: &Reframe) -> Size {
    let pixels = |wanted: Side, original: u32, loaded: u32, parent: u32| match wanted {
        Side::Free => None,
        Side::Pixels(pixels) if reframe.growth == Growth::Never => Some(pixels.get().min(loaded)),
        Side::Pixels(pixels) => Some(pixels.get()),
        Side::Original => Some(original),
        Side::ParentLess(pixels) => Some(parent.saturating_sub(pixels).max(1)),
    };
    let derived = |other: u32, of: u32, by: u32| {
        let length = f64::from(other) * f64::from(of) / f64::from(by);
        side(match reframe.arithmetic {
            Arithmetic::CropThenScale => length.round_ties_even(),
            Arithmetic::ScaleThenCrop => length.round(),
        })
    };
    let width = pixels(reframe.width, size.width, loaded.width, parent.width);
    let height = pixels(reframe.height, size.height, loaded.height, parent.height);
    match (width, height) {
        (None, None) => size,
        (Some(width), None) => Size::new(width, derived(width, size.height, size.width)),
        (None, Some(height)) => Size::new(derived(height, size.width, size.height), height),
        (Some(width), Some(height)) => Size::new(width, height),
    }
}
