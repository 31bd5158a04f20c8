//! An alpha channel taken away, added, or made of white.

use super::{convert, greyscale, narrow};
use crate::{Error, Layout, Picture};

/// Alpha dropped; colours stay as they are stored, also where they were hidden. RGBA becomes RGB, of 8 bits; pictures
/// without alpha stay.
pub fn remove_alpha(picture: Picture) -> Picture {
    if !picture.layout().has_alpha() {
        return picture;
    }
    let picture = narrow(picture);
    let mut made = Picture::blank(picture.size(), Layout::Rgb).with_icc(picture.icc.clone());
    for y in 0..picture.size().height {
        let pixels = made.row_mut(y).as_chunks_mut::<3>().0.iter_mut().zip(picture.row(y).as_chunks::<4>().0);
        pixels.for_each(|(to, [r, g, b, _])| *to = [*r, *g, *b]);
    }
    made
}

/// An alpha channel of this opacity, 0 to 1, cut to steps of 255, where there is none: RGBA.
pub fn ensure_alpha(picture: Picture, opacity: f64) -> Result<Picture, Error> {
    if picture.layout().has_alpha() {
        return Ok(picture);
    }
    let mut picture = convert(picture, Layout::Rgba)?;
    // A float cast saturates.
    let alpha = (opacity * 255.0) as u8;
    for y in 0..picture.size().height {
        picture.row_mut(y).as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[3] = alpha);
    }
    Ok(picture)
}

/// Pixels whose grey ([`greyscale`]) is white become transparent: RGBA.
pub fn unflatten(picture: Picture) -> Result<Picture, Error> {
    let mut picture = convert(narrow(picture), Layout::Rgba)?;
    let grey = greyscale(picture.clone())?;
    for y in 0..picture.size().height {
        let pixels = picture.row_mut(y).as_chunks_mut::<4>().0.iter_mut().zip(grey.row(y).as_chunks::<4>().0);
        pixels.filter(|(_, [grey, ..])| *grey == 255).for_each(|(pixel, _)| pixel[3] = 0);
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn alpha_goes_and_comes() {
        let clear = Picture::solid(Size::new(1, 1), [1, 2, 3, 0]);
        let opaque = remove_alpha(clear.clone());
        assert_eq!((opaque.layout(), opaque.row(0)), (Layout::Rgb, &[1, 2, 3][..]));
        assert_eq!(ensure_alpha(opaque, 0.5).unwrap().row(0), [1, 2, 3, 127]);
        assert_eq!(ensure_alpha(clear.clone(), 1.0).unwrap(), clear);
    }

    #[test]
    fn white_becomes_nothing() {
        let samples = vec![255, 255, 255, 200, 200, 255, 255, 200, 0, 0, 0, 0];
        let picture = Picture::interleaved(Size::new(3, 1), Layout::Rgba, samples).unwrap();
        assert_eq!(unflatten(picture).unwrap().row(0), [255, 255, 255, 0, 200, 255, 255, 200, 0, 0, 0, 0]);
        let grey = Picture::interleaved(Size::new(2, 1), Layout::Grey, vec![255, 7]).unwrap();
        assert_eq!(unflatten(grey).unwrap().row(0), [255, 255, 255, 0, 7, 7, 7, 255]);
    }
}
