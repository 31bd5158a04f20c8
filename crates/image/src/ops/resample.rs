use lightmill_recipe::Size;
use lightmill_resample::{Samples, lanczos3};

use crate::{Cancel, Error, Layout, Picture, Plane, Subsampling};

/// The picture at another size by Lanczos3, whose kernel widens with the factor when shrinking.
///
/// Grey, RGB and RGBA (mixed premultiplied) keep their layout. YCbCr becomes 4:4:4, whatever its subsampling: chroma,
/// sited in the middle of the luma samples that it covers, is resampled to the grid of luma, which keeps more of it than a
/// smaller plane would. The size that it has already costs nothing and changes nothing.
///
/// `cancel` is asked before each plane.
pub fn resample(picture: Picture, to: Size, cancel: &Cancel) -> Result<Picture, Error> {
    cancel.check()?;
    let (size, layout, icc) = (picture.size(), picture.layout(), picture.icc.clone());
    if size == to {
        return Ok(picture);
    }
    if to.shorter() == 0 || size.shorter() == 0 {
        return Err(Error::internal(format!("{size} cannot become {to}")));
    }
    let whole = |plane: &Plane| (f64::from(plane.size.width), f64::from(plane.size.height));
    let result = match (layout, picture.planes()) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            // An odd side has a last chroma sample of which half lies outside.
            let part = (
                f64::from(size.width) / f64::from(subsampling.horizontal),
                f64::from(size.height) / f64::from(subsampling.vertical),
            );
            let luma = resize(luma, 1, whole(luma), to)?;
            cancel.check()?;
            let blue = resize(blue, 1, part, to)?;
            cancel.check()?;
            let red = resize(red, 1, part, to)?;
            Picture::planar(to, Subsampling::S444, [luma, blue, red])?
        }
        (_, planes) => {
            let plane = &planes[0];
            let resized = resize(plane, layout.channels(), whole(plane), to)?;
            Picture::interleaved(to, layout, resized.data)?
        }
    };
    Ok(result.with_icc(icc))
}

/// Resamples the upper left `part` (columns and rows, not above the plane's) of `plane`.
fn resize(plane: &Plane, channels: usize, part: (f64, f64), to: Size) -> Result<Plane, Error> {
    let Size { width, height } = plane.size;
    let samples = Samples { data: &plane.data, stride: plane.stride, width, height, channels };
    let data = lanczos3(samples, part, to.width, to.height).map_err(Error::internal)?;
    Ok(Plane { size: to, stride: to.width as usize * channels, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of low contrast, so that the first pass does not overshoot 8 bits.
    fn noise(size: Size, layout: Layout) -> Picture {
        let mut state = 1u32;
        let mut picture = Picture::blank(size, layout);
        for plane in picture.planes_mut() {
            for sample in &mut plane.data {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = 80 + (state >> 24) as u8 / 3;
            }
        }
        picture
    }

    fn lanczos3(x: f64) -> f64 {
        let x = x.abs() * std::f64::consts::PI;
        if x < 1e-9 {
            1.0
        } else if x >= 3.0 * std::f64::consts::PI {
            0.0
        } else {
            3.0 * x.sin() * (x / 3.0).sin() / (x * x)
        }
    }

    /// Weights of one result sample over all source samples.
    fn weights(index: usize, from: usize, part: f64, to: usize) -> Vec<f64> {
        let ratio = part / to as f64;
        let scale = ratio.max(1.0);
        let middle = (index as f64 + 0.5) * ratio;
        let raw: Vec<f64> = (0..from).map(|i| lanczos3((i as f64 + 0.5 - middle) / scale)).collect();
        let sum = raw.iter().sum::<f64>();
        raw.into_iter().map(|weight| weight / sum).collect()
    }

    fn reference(plane: &Plane, channels: usize, part: (f64, f64), to: Size) -> Vec<f64> {
        let (width, height) = (plane.size.width as usize, plane.size.height as usize);
        let across: Vec<_> = (0..to.width as usize).map(|x| weights(x, width, part.0, to.width as usize)).collect();
        let mut result = Vec::new();
        for y in 0..to.height as usize {
            let down = weights(y, height, part.1, to.height as usize);
            for across in &across {
                for channel in 0..channels {
                    let row = |y: u32| -> f64 {
                        let samples = plane.row(y, channels).iter().skip(channel).step_by(channels);
                        samples.zip(across).map(|(sample, weight)| f64::from(*sample) * weight).sum()
                    };
                    result.push(down.iter().enumerate().map(|(y, w)| w * row(y as u32)).sum::<f64>().clamp(0.0, 255.0));
                }
            }
        }
        result
    }

    fn assert_near(made: &[u8], exact: &[f64], tolerance: f64, what: &str) {
        assert_eq!(made.len(), exact.len());
        for (made, exact) in made.iter().zip(exact) {
            assert!((f64::from(*made) - exact).abs() <= tolerance, "{what}: {made} {exact}");
        }
    }

    #[test]
    fn agrees_with_lanczos3_in_real_numbers() {
        let size = Size::new(67, 45);
        for to in [Size::new(20, 31), Size::new(90, 50), Size::new(1, 1), Size::new(7, 44), Size::new(66, 100)] {
            for layout in [Layout::Grey, Layout::Rgb] {
                let picture = noise(size, layout);
                let exact = reference(&picture.planes()[0], layout.channels(), (67.0, 45.0), to);
                let made = resample(picture, to, &Cancel::default()).unwrap();
                assert_eq!((made.size(), made.layout()), (to, layout));
                // The first pass is rounded to 8 bits.
                assert_near(&made.planes()[0].data, &exact, 2.0, &format!("{to} {layout:?}"));
            }
        }
    }

    #[test]
    fn planes_are_resampled_to_one_grid() {
        let size = Size::new(33, 21);
        let to = Size::new(14, 11);
        for subsampling in [Subsampling::S420, Subsampling::S422, Subsampling::S440, Subsampling::S444] {
            let picture = noise(size, Layout::YCbCr(subsampling));
            let part = (33.0 / f64::from(subsampling.horizontal), 21.0 / f64::from(subsampling.vertical));
            let exact = reference(&picture.planes()[2], 1, part, to);
            let made = resample(picture, to, &Cancel::default()).unwrap();
            assert_eq!(made.layout(), Layout::YCbCr(Subsampling::S444));
            assert_near(&made.planes()[2].data, &exact, 2.0, &format!("{subsampling:?}"));
        }
    }

    #[test]
    fn padding_is_not_seen() {
        let size = Size::new(10, 8);
        let plain = Plane::filled(size, 1, 90);
        let padded = Plane { size, stride: 16, data: [[90u8; 10].as_slice(), &[255; 6]].concat().repeat(8) };
        let planes = [padded.clone(), padded.clone(), padded];
        let made = Picture::planar(size, Subsampling::S444, planes).unwrap();
        let made = resample(made, Size::new(5, 5), &Cancel::default()).unwrap();
        let clean = Picture::planar(size, Subsampling::S444, [plain.clone(), plain.clone(), plain]).unwrap();
        assert_eq!(made, resample(clean, Size::new(5, 5), &Cancel::default()).unwrap());
    }

    #[test]
    fn hidden_colour_does_not_bleed() {
        let mut picture = Picture::solid(Size::new(40, 40), [0, 255, 0, 0]);
        for y in 0..40 {
            picture.row_mut(y)[..80].copy_from_slice(&[255, 0, 0, 255].repeat(20));
        }
        for to in [Size::new(13, 13), Size::new(77, 77)] {
            let made = resample(picture.clone(), to, &Cancel::default()).unwrap();
            for pixel in made.planes()[0].data.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 0) {
                assert!(pixel[0] >= 253 && pixel[1] == 0, "{pixel:?}");
            }
        }
    }

    #[test]
    fn extreme_shapes() {
        for (from, to) in [
            (Size::new(1, 3000), Size::new(3000, 1)),
            (Size::new(30_000, 1), Size::new(1, 1)),
            (Size::new(1, 1), Size::new(500, 500)),
            (Size::new(2, 2), Size::new(16_384, 3)),
        ] {
            for layout in [Layout::Grey, Layout::Rgba, Layout::YCbCr(Subsampling::S420)] {
                assert_eq!(resample(noise(from, layout), to, &Cancel::default()).unwrap().size(), to);
            }
        }
    }
}
