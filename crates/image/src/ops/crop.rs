use lightmill_recipe::{Rect, Size};

use super::convert;
use crate::{Error, Layout, Picture, Plane, Subsampling};

/// The part of `picture` inside `window`, in the same layout.
///
/// A subsampled picture whose window begins between two chroma samples becomes 4:4:4, so that chroma stays where it
/// belongs.
///
/// # Errors
/// Internal, if the window is empty or outside the picture.
pub fn crop(picture: Picture, window: Rect) -> Result<Picture, Error> {
    let size = picture.size();
    if window == Rect::whole(size) {
        return Ok(picture);
    }
    if !window.fits(size) || window.size.shorter() == 0 {
        return Err(Error::internal(format!("window {window:?} of a {size} picture")));
    }
    let icc = picture.icc.clone();
    let layout = picture.layout();
    let result = match (layout, picture.planes()) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            let (across, down) = (u32::from(subsampling.horizontal), u32::from(subsampling.vertical));
            if !window.x.is_multiple_of(across) || !window.y.is_multiple_of(down) {
                return between(picture, window, subsampling);
            }
            let (x, y, size) = (window.x / across, window.y / down, subsampling.chroma(window.size));
            let chroma = |plane| cut(plane, 1, x, y, size);
            Picture::planar(
                window.size,
                subsampling,
                [cut(luma, 1, window.x, window.y, window.size), chroma(blue), chroma(red)],
            )?
        }
        (_, planes) => {
            let plane = cut(&planes[0], layout.bytes_per_pixel(), window.x, window.y, window.size);
            Picture::interleaved(window.size, layout, plane.data)?
        }
    };
    Ok(result.with_icc(icc))
}

/// A window of any offset: chroma around it is brought to luma's grid first.
fn between(picture: Picture, window: Rect, subsampling: Subsampling) -> Result<Picture, Error> {
    let size = picture.size();
    // One chroma sample more on every side, as far as there is one, since neighbours are mixed.
    let side = |start: u32, length: u32, shared: u8, whole: u32| {
        let shared = u32::from(shared);
        let first = (start / shared).saturating_sub(1) * shared;
        let end = (start + length).div_ceil(shared).saturating_add(1).saturating_mul(shared).min(whole);
        (first, end - first)
    };
    let (x, width) = side(window.x, window.size.width, subsampling.horizontal, size.width);
    let (y, height) = side(window.y, window.size.height, subsampling.vertical, size.height);
    let around = crop(picture, Rect { x, y, size: Size::new(width, height) })?;
    let fine = convert(around, Layout::YCbCr(Subsampling::S444))?;
    crop(fine, Rect { x: window.x - x, y: window.y - y, size: window.size })
}

/// The samples of a window of `size` from column `x` and row `y` on, which lies in the plane.
pub(super) fn cut(plane: &Plane, bytes_per_pixel: usize, x: u32, y: u32, size: Size) -> Plane {
    let stride = size.width as usize * bytes_per_pixel;
    let start = x as usize * bytes_per_pixel;
    let mut data = Vec::with_capacity(stride * size.height as usize);
    for y in y..y + size.height {
        data.extend_from_slice(&plane.row(y, bytes_per_pixel)[start..start + stride]);
    }
    Plane { size, stride, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_interleaved_pictures() {
        let data: Vec<u8> = (0..60).collect();
        let picture = Picture::interleaved(Size::new(5, 4), Layout::Rgb, data).unwrap();
        let made = crop(picture.clone(), Rect { x: 3, y: 2, size: Size::new(2, 1) }).unwrap();
        assert_eq!(made.row(0), [39, 40, 41, 42, 43, 44]);
        assert_eq!(crop(picture.clone(), Rect::whole(picture.size())).unwrap(), picture);
        for (x, y, width, height) in [(4, 0, 2, 1), (0, 4, 1, 1), (0, 0, 0, 1), (u32::MAX, 0, 2, 2)] {
            let window = Rect { x, y, size: Size::new(width, height) };
            assert!(crop(picture.clone(), window).is_err());
        }
    }

    #[test]
    fn chroma_is_cut_along() {
        let mut picture = Picture::blank(Size::new(7, 5), Layout::YCbCr(Subsampling::S420));
        picture.planes_mut()[1].data = (0..12).collect();
        let made = crop(picture.clone(), Rect { x: 2, y: 2, size: Size::new(5, 3) }).unwrap();
        assert_eq!(made.planes()[1].size, Size::new(3, 2));
        assert_eq!(made.planes()[1].data, [5, 6, 7, 9, 10, 11]);
    }

    #[test]
    fn chroma_between_samples_is_that_of_the_whole_picture() {
        let mut picture = Picture::blank(Size::new(17, 13), Layout::YCbCr(Subsampling::S420));
        for plane in picture.planes_mut() {
            plane.data.iter_mut().enumerate().for_each(|(index, sample)| *sample = (index * index % 251) as u8);
        }
        for subsampling in [Subsampling::S420, Subsampling::S422, Subsampling::S440] {
            let coarse = convert(picture.clone(), Layout::YCbCr(subsampling)).unwrap();
            let fine = convert(coarse.clone(), Layout::YCbCr(Subsampling::S444)).unwrap();
            for (x, y, width, height) in [(1, 1, 5, 5), (1, 0, 16, 13), (3, 5, 14, 8), (0, 1, 2, 1), (16, 11, 1, 1)] {
                let window = Rect { x, y, size: Size::new(width, height) };
                let made = convert(crop(coarse.clone(), window).unwrap(), Layout::YCbCr(Subsampling::S444)).unwrap();
                let exact = crop(fine.clone(), window).unwrap();
                if !x.is_multiple_of(subsampling.horizontal.into()) || !y.is_multiple_of(subsampling.vertical.into()) {
                    assert_eq!(made, exact, "{subsampling:?} {window:?}");
                }
            }
        }
    }
}
