use std::f64::consts::PI;

use lightmill_recipe::sharp::Kernel;
use lightmill_recipe::{Light, Size};
use lightmill_resample as resample;

use super::mix::{Kernels, mix};
use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// The picture at another size by any of libvips' kernels, which widen with the factor when shrinking; samples are mixed
/// as they are encoded and premultiplied.
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8.
pub fn resample_by(picture: Picture, to: Size, kernel: Kernel, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let (size, layout) = (picture.size(), picture.layout());
    let kernels = Kernels::corner(axis(size.width, to.width, kernel)?, axis(size.height, to.height, kernel)?);
    let plane = mix(&picture.planes()[0], layout.channels(), &kernels, Light::Gamma, cancel)?;
    Ok(Picture::interleaved(to, layout, plane.data)?.with_icc(picture.icc.clone()))
}

fn axis(from: u32, to: u32, kernel: Kernel) -> Result<resample::Kernel, Error> {
    let ratio = f64::from(from) / f64::from(to);
    let made = if kernel == Kernel::Nearest {
        resample::Kernel::new(from, to, |index, weights| {
            weights.push(1.0);
            ((f64::from(index) + 0.5) * ratio).floor() as i64
        })
    } else {
        let scale = ratio.max(1.0);
        let reach = radius(kernel) * scale;
        resample::Kernel::new(from, to, |index, weights| {
            let centre = (f64::from(index) + 0.5) * ratio;
            let (first, last) = ((centre - reach).floor() as i64, (centre + reach).ceil() as i64);
            weights.extend((first..=last).map(|sample| weight(kernel, (sample as f64 + 0.5 - centre) / scale)));
            first
        })
    };
    made.map_err(Error::internal)
}

/// Where the kernel ends.
fn radius(kernel: Kernel) -> f64 {
    match kernel {
        Kernel::Nearest => 0.5,
        Kernel::Linear => 1.0,
        Kernel::Cubic | Kernel::Mitchell | Kernel::Lanczos2 => 2.0,
        Kernel::Lanczos3 => 3.0,
        Kernel::Mks2013 => 2.5,
        Kernel::Mks2021 => 4.5,
    }
}

/// The weight of a sample so many pixels away: Mitchell and Netravali, 1988 (with B = 0 and C = ½ for the cubic, both ⅓ for
/// Mitchell's own); Costella's magic kernel with its sharpening of 2013 and of 2021.
fn weight(kernel: Kernel, x: f64) -> f64 {
    let x = x.abs();
    if x >= radius(kernel) {
        return 0.0;
    }
    match kernel {
        Kernel::Nearest => 1.0,
        Kernel::Linear => 1.0 - x,
        Kernel::Cubic => cubic(x, 0.0, 0.5),
        Kernel::Mitchell => cubic(x, 1.0 / 3.0, 1.0 / 3.0),
        Kernel::Lanczos2 => lanczos(x, 2.0),
        Kernel::Lanczos3 => lanczos(x, 3.0),
        Kernel::Mks2013 if x <= 0.5 => 17.0 / 16.0 - 7.0 / 4.0 * x * x,
        Kernel::Mks2013 if x <= 1.5 => (1.0 - x) * (7.0 / 4.0 - x),
        Kernel::Mks2013 => -(x - 2.5).powi(2) / 8.0,
        Kernel::Mks2021 if x <= 0.5 => 577.0 / 576.0 - 239.0 / 144.0 * x * x,
        Kernel::Mks2021 if x <= 1.5 => (140.0 * x * x - 379.0 * x + 239.0) / 144.0,
        Kernel::Mks2021 if x <= 2.5 => -(24.0 * x * x - 113.0 * x + 130.0) / 144.0,
        Kernel::Mks2021 if x <= 3.5 => (4.0 * x * x - 27.0 * x + 45.0) / 144.0,
        Kernel::Mks2021 => -(2.0 * x - 9.0).powi(2) / 1152.0,
    }
}

fn cubic(x: f64, b: f64, c: f64) -> f64 {
    let (x2, x3) = (x * x, x * x * x);
    if x < 1.0 {
        ((12.0 - 9.0 * b - 6.0 * c) * x3 + (-18.0 + 12.0 * b + 6.0 * c) * x2 + 6.0 - 2.0 * b) / 6.0
    } else {
        ((-b - 6.0 * c) * x3 + (6.0 * b + 30.0 * c) * x2 + (-12.0 * b - 48.0 * c) * x + 8.0 * b + 24.0 * c) / 6.0
    }
}

fn lanczos(x: f64, lobes: f64) -> f64 {
    if x < 1e-9 {
        return 1.0;
    }
    let (x, part) = (x * PI, x * PI / lobes);
    x.sin() / x * (part.sin() / part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kernel; 8] = [
        Kernel::Nearest,
        Kernel::Linear,
        Kernel::Cubic,
        Kernel::Mitchell,
        Kernel::Lanczos2,
        Kernel::Lanczos3,
        Kernel::Mks2013,
        Kernel::Mks2021,
    ];

    fn made(samples: &[u8], to: u32, kernel: Kernel) -> Vec<u8> {
        let size = Size::new(samples.len() as u32, 1);
        let picture = Picture::interleaved(size, Layout::Grey, samples.to_vec()).unwrap();
        resample_by(picture, Size::new(to, 1), kernel, &Cancel::default()).unwrap().row(0).to_vec()
    }

    #[test]
    fn kernels_have_no_steps_and_sum_to_one() {
        for kernel in ALL.into_iter().filter(|kernel| *kernel != Kernel::Nearest) {
            for place in [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.5] {
                let (before, after) = (weight(kernel, place - 1e-7), weight(kernel, place + 1e-7));
                assert!((before - after).abs() < 1e-5, "{kernel:?} at {place}: {before} {after}");
            }
            let sum: f64 = (-9..9).map(|sample| weight(kernel, f64::from(sample) + 0.3)).sum();
            assert!((sum - 1.0).abs() < 0.02, "{kernel:?}: {sum}");
        }
    }

    #[test]
    fn flat_pictures_stay_flat() {
        for kernel in ALL {
            assert_eq!(made(&[90; 20], 7, kernel), [90; 7], "{kernel:?}");
            assert_eq!(made(&[90; 5], 13, kernel), [90; 13], "{kernel:?}");
        }
    }

    #[test]
    fn weights_are_those_of_the_kernel() {
        assert_eq!(made(&[10, 20, 30, 40, 50, 60], 3, Kernel::Nearest), [20, 40, 60]);
        assert_eq!(made(&[10, 90], 4, Kernel::Linear), [10, 30, 70, 90]);
        // Halved: samples half a pixel away count ¾, those one and a half away ¼, of 2.
        assert_eq!(made(&[0, 0, 255, 255], 2, Kernel::Linear), [32, 223]);
    }

    #[test]
    fn transparent_colours_do_not_bleed() {
        let samples = vec![255, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 255, 255, 0, 0, 0];
        let picture = Picture::interleaved(Size::new(4, 1), Layout::Rgba, samples).unwrap();
        let made = resample_by(picture, Size::new(2, 1), Kernel::Mitchell, &Cancel::default()).unwrap();
        assert!(
            made.row(0).as_chunks::<4>().0.iter().all(|pixel| pixel[0] == 0 && pixel[1] > 250),
            "{:?}",
            made.row(0)
        );
    }
}
