use lightmill_recipe::{Backdrop, Blur, Colour, Light, Size};

use super::over::over;
use super::{blur, convert, mean, narrow, resample};
use crate::{Cancel, Error, Layout, Picture, Subsampling};

/// Standard deviation of a blurred backdrop, in pixels.
const SIGMA: f32 = 50.0;

/// `picture` with its upper left corner `at` column and row of a `canvas` with a backdrop; what lies outside is cut.
///
/// With `blend` the backdrop shows through the picture ([`over()`]); otherwise the picture's pixels take its place, alpha
/// included. The result is RGBA if the picture or the backdrop can be transparent, else RGB; 16 bits become 8.
pub fn fill(
    picture: Picture,
    canvas: Size,
    at: (i64, i64),
    backdrop: Backdrop,
    blend: bool,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let lets_through = match backdrop {
        Backdrop::Colour(colour) => colour.alpha < 255,
        Backdrop::Transparent => true,
        Backdrop::Mean | Backdrop::Blurred => false,
    };
    let clear = picture.layout().has_alpha() || lets_through;
    let layout = if clear { Layout::Rgba } else { Layout::Rgb };
    let picture = convert(picture, layout)?;
    let colour = match backdrop {
        Backdrop::Colour(colour) => Some(colour),
        Backdrop::Mean => Some(mean(&picture)),
        Backdrop::Transparent => Some(Colour::TRANSPARENT),
        Backdrop::Blurred => None,
    };
    let mut result = if let Some(colour) = colour {
        let row = colour.rgba()[..layout.channels()].repeat(canvas.width as usize);
        let mut result = Picture::blank(canvas, layout);
        (0..canvas.height).for_each(|y| result.row_mut(y).copy_from_slice(&row));
        result
    } else {
        let stretched = resample(picture.clone(), canvas, None, Subsampling::S444, Light::Gamma, cancel)?;
        blur(stretched, Blur::Gaussian { sigma: SIGMA }, cancel)?
    };
    result.icc.clone_from(&picture.icc);
    let size = picture.size();
    // Columns of the canvas and of the picture where they begin to meet.
    let first = at.0.clamp(0, canvas.width.into()) as usize;
    let skipped = at.0.saturating_neg().clamp(0, size.width.into()) as usize;
    let count = (canvas.width as usize - first).min(size.width as usize - skipped);
    let channels = layout.channels();
    for y in 0..size.height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        let Some(row) = u32::try_from(at.1 + i64::from(y)).ok().filter(|row| *row < canvas.height) else { continue };
        let from = &picture.row(y)[skipped * channels..][..count * channels];
        let to = &mut result.row_mut(row)[first * channels..][..count * channels];
        if clear && blend {
            let pixels = to.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<4>().0);
            pixels.for_each(|(to, from)| *to = over(*to, *from));
        } else {
            to.copy_from_slice(from);
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(picture: Picture, canvas: (u32, u32), at: (i64, i64), backdrop: Backdrop, blend: bool) -> Picture {
        fill(picture, Size::new(canvas.0, canvas.1), at, backdrop, blend, &Cancel::default()).unwrap()
    }

    #[test]
    fn pixels_are_copied_or_blended() {
        let red = Colour::opaque(255, 0, 0);
        let dot = || Picture::solid(Size::new(1, 1), [0, 200, 0, 128]);
        let copied = filled(dot(), (3, 1), (1, 0), Backdrop::Colour(red), false);
        assert_eq!(copied.row(0), [255, 0, 0, 255, 0, 200, 0, 128, 255, 0, 0, 255]);
        let made = filled(dot(), (3, 1), (1, 0), Backdrop::Colour(red), true);
        assert_eq!(made.row(0), [255, 0, 0, 255, 127, 100, 0, 255, 255, 0, 0, 255]);
    }

    #[test]
    fn the_mean_is_cut() {
        let two = Picture::interleaved(Size::new(2, 1), Layout::Rgb, vec![0, 5, 9, 1, 6, 9]).unwrap();
        let made = filled(two, (4, 1), (1, 0), Backdrop::Mean, true);
        assert_eq!((made.layout(), made.row(0)), (Layout::Rgb, &[0, 5, 9, 0, 5, 9, 1, 6, 9, 0, 5, 9][..]));
    }

    #[test]
    fn what_lies_outside_is_cut() {
        let row = Picture::interleaved(Size::new(4, 1), Layout::Grey, vec![1, 2, 3, 4]).unwrap();
        let white = Backdrop::Colour(Colour::WHITE);
        assert_eq!(filled(row.clone(), (2, 1), (-1, 0), white, true).row(0), [2, 2, 2, 3, 3, 3]);
        for at in [(-9, 0), (9, 9), (i64::MIN / 2, 0), (0, -1)] {
            assert_eq!(filled(row.clone(), (2, 1), at, white, true).row(0), [255; 6]);
        }
    }

    #[test]
    fn a_blurred_picture_is_behind() {
        let grey = Picture::interleaved(Size::new(2, 2), Layout::Grey, vec![80; 4]).unwrap();
        let made = filled(grey, (9, 5), (3, 1), Backdrop::Blurred, true);
        assert_eq!((made.size(), made.layout()), (Size::new(9, 5), Layout::Rgb));
        assert!(made.planes()[0].data.iter().all(|sample| *sample == 80));
    }
}
