use super::side;
use crate::{Arithmetic, Growth, Reframe, Size};

/// `frame` with its sides exchanged if the picture is portrait and the box landscape, or the other way round; a square
/// is neither.
pub(super) fn adapted(size: Size, frame: Size) -> Size {
    let lies = |size: Size| size.width.cmp(&size.height);
    if lies(size).is_ne() && lies(frame) == lies(size).reverse() { frame.transposed() } else { frame }
}

/// The size of a picture of `size` that fits into `frame`, or covers it if `full`.
pub(super) fn fit(size: Size, frame: Size, full: bool, reframe: &Reframe) -> Size {
    let (wide, high) = (f64::from(size.width), f64::from(size.height));
    let (width, height) = (f64::from(frame.width), f64::from(frame.height));
    // A full fit follows the side that is left over.
    let by_width = if full { wide / width <= high / height } else { wide / width >= high / height };
    let grows = if by_width { frame.width > size.width } else { frame.height > size.height };
    let fits = frame.width >= size.width && frame.height >= size.height;
    let stays = match reframe.arithmetic {
        Arithmetic::CropThenScale => fits && !full,
        Arithmetic::ScaleThenCrop => grows,
    };
    if stays && reframe.growth != Growth::Always {
        return size;
    }
    let round = |length: f64| match reframe.arithmetic {
        Arithmetic::CropThenScale => (length + 1e-5).round_ties_even(),
        Arithmetic::ScaleThenCrop if full => (length - 1e-9).ceil(),
        Arithmetic::ScaleThenCrop => length.round(),
    };
    if by_width {
        Size::new(frame.width, side(round(high * width / wide)))
    } else {
        Size::new(side(round(wide * height / high)), frame.height)
    }
}
