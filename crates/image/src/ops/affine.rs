use lightmill_recipe::sharp::Interpolator;
use lightmill_recipe::{Colour, Size};

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// A pixel on its way: colours multiplied by alpha, all 0 to 255.
type Pixel = [f32; 4];

/// A `canvas` whose pixel in column x and row y is that of the picture at `back`[0]·x + `back`[1]·y + `back`[2] and
/// `back`[3]·x + `back`[4]·y + `back`[5], where its pixels lie at whole numbers and beyond its edges is `background`.
///
/// Samples are mixed premultiplied. The result is RGBA if the picture or the background can be transparent, else RGB; 16
/// bits become 8.
///
/// # Errors
/// [`Error::Unsuitable`] for interpolators that are not built: all but nearest, bilinear and bicubic.
pub fn affine(
    picture: Picture,
    canvas: Size,
    back: &[f64; 6],
    background: Colour,
    interpolator: Interpolator,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let clear = picture.layout().has_alpha() || background.alpha < 255;
    let picture = convert(picture, if clear { Layout::Rgba } else { Layout::Rgb })?;
    let at = match interpolator {
        Interpolator::Nearest => nearest,
        Interpolator::Bilinear => bilinear,
        Interpolator::Bicubic => bicubic,
        Interpolator::Lbb | Interpolator::Nohalo | Interpolator::Vsqbs => {
            return Err(Error::Unsuitable("of interpolators only nearest, bilinear and bicubic are supported".into()));
        }
    };
    let source = Source { picture: &picture, beyond: premultiplied(&background.rgba()) };
    let mut made = Picture::blank(canvas, picture.layout()).with_icc(picture.icc.clone());
    let channels = made.layout().channels();
    for y in 0..canvas.height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        for (x, to) in made.row_mut(y).chunks_exact_mut(channels).enumerate() {
            let place = |row: usize| back[row] * x as f64 + back[row + 1] * f64::from(y) + back[row + 2];
            let [r, g, b, alpha] = at(&source, place(0), place(3));
            let alpha = alpha.clamp(0.0, 255.0);
            let part = if alpha > 0.0 { 255.0 / alpha } else { 0.0 };
            // Float casts saturate.
            let samples = [r * part, g * part, b * part, alpha].map(|sample| (sample + 0.5) as u8);
            to.iter_mut().zip(samples).for_each(|(to, sample)| *to = sample);
        }
    }
    Ok(made)
}

fn premultiplied(pixel: &[u8]) -> Pixel {
    match *pixel {
        [r, g, b, alpha] => {
            let share = f32::from(alpha) / 255.0;
            [f32::from(r) * share, f32::from(g) * share, f32::from(b) * share, alpha.into()]
        }
        [r, g, b] => [r.into(), g.into(), b.into(), 255.0],
        _ => [0.0; 4],
    }
}

struct Source<'a> {
    picture: &'a Picture,
    beyond: Pixel,
}

impl Source<'_> {
    fn pixel(&self, column: f64, row: f64) -> Pixel {
        let size = self.picture.size();
        let inside = column >= 0.0 && row >= 0.0 && column < size.width.into() && row < size.height.into();
        if !inside {
            return self.beyond;
        }
        let channels = self.picture.layout().channels();
        premultiplied(&self.picture.row(row as u32)[column as usize * channels..][..channels])
    }

    /// The sum of pixels from `first` on, `weights` times.
    fn sum<const N: usize>(&self, first: (f64, f64), across: [f32; N], down: [f32; N]) -> Pixel {
        let mut sum = [0.0; 4];
        for (weight_y, y) in down.into_iter().zip(0u8..) {
            for (weight_x, x) in across.into_iter().zip(0u8..) {
                let pixel = self.pixel(first.0 + f64::from(x), first.1 + f64::from(y));
                sum.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += weight_x * weight_y * sample);
            }
        }
        sum
    }
}

fn nearest(source: &Source<'_>, x: f64, y: f64) -> Pixel {
    source.pixel(x.floor(), y.floor())
}

fn bilinear(source: &Source<'_>, x: f64, y: f64) -> Pixel {
    let weights = |place: f64| {
        let part = (place - place.floor()) as f32;
        [1.0 - part, part]
    };
    source.sum((x.floor(), y.floor()), weights(x), weights(y))
}

/// Catmull-Rom (Catmull and Rom, 1974).
fn bicubic(source: &Source<'_>, x: f64, y: f64) -> Pixel {
    let weights = |place: f64| {
        let t = (place - place.floor()) as f32;
        let (t2, t3) = (t * t, t * t * t);
        [
            0.5 * (-t3 + 2.0 * t2 - t),
            0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
            0.5 * (-3.0 * t3 + 4.0 * t2 + t),
            0.5 * (t3 - t2),
        ]
    };
    source.sum((x.floor() - 1.0, y.floor() - 1.0), weights(x), weights(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    const ALL: [Interpolator; 3] = [Interpolator::Nearest, Interpolator::Bilinear, Interpolator::Bicubic];

    fn made(canvas: (u32, u32), back: &[f64; 6], background: Colour, interpolator: Interpolator) -> Picture {
        let samples = vec![10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];
        let picture = Picture::interleaved(Size::new(2, 2), Layout::Rgb, samples).unwrap();
        affine(picture, Size::new(canvas.0, canvas.1), back, background, interpolator, &Cancel::default()).unwrap()
    }

    #[test]
    fn whole_steps_move_pixels() {
        let red = Colour::opaque(255, 0, 0);
        for interpolator in ALL {
            let same = made((2, 2), &SAME, red, interpolator);
            assert_eq!((same.row(0), same.row(1)), (&[10, 20, 30, 40, 50, 60][..], &[70, 80, 90, 100, 110, 120][..]));
            let moved = made((3, 1), &[1.0, 0.0, -1.0, 0.0, 1.0, 0.0], red, interpolator);
            assert_eq!(moved.row(0), [255, 0, 0, 10, 20, 30, 40, 50, 60], "{interpolator:?}");
        }
    }

    #[test]
    fn samples_between_pixels_are_mixed() {
        let half = [1.0, 0.0, 0.5, 0.0, 1.0, 0.0];
        assert_eq!(made((2, 1), &half, Colour::BLACK, Interpolator::Bilinear).row(0), [25, 35, 45, 20, 25, 30]);
        assert_eq!(made((1, 1), &half, Colour::BLACK, Interpolator::Nearest).row(0), [10, 20, 30]);
        // (−1·0 + 9·10 + 9·40 − 1·0) / 16 = 28.1.
        assert_eq!(made((1, 1), &half, Colour::BLACK, Interpolator::Bicubic).row(0)[0], 28);
    }

    #[test]
    fn transparency_is_around() {
        let moved = made((1, 1), &[1.0, 0.0, -0.5, 0.0, 1.0, 0.0], Colour::TRANSPARENT, Interpolator::Bilinear);
        assert_eq!((moved.layout(), moved.row(0)), (Layout::Rgba, &[10, 20, 30, 128][..]));
    }

    #[test]
    fn others_are_refused_by_name() {
        let picture = Picture::blank(Size::new(2, 2), Layout::Rgb);
        let refused = affine(picture, Size::new(2, 2), &SAME, Colour::BLACK, Interpolator::Nohalo, &Cancel::default());
        assert!(matches!(refused, Err(Error::Unsuitable(text)) if text.contains("bicubic")));
    }
}
