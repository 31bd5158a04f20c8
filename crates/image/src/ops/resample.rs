use std::ops::Range;

use lightmill_recipe::{Light, Rect, Size};
use lightmill_resample::Kernel;

use super::Part;
use super::mix::{Kernels, mix, mix_wide};
use crate::{Cancel, Error, Layout, Picture, Subsampling};

/// The picture at another size by Lanczos3, whose kernel widens with the factor when shrinking.
///
/// Grey, RGB and RGBA (mixed premultiplied) keep their layout and depth. YCbCr of any subsampling becomes YCbCr of subsampling
/// `chroma`. Chroma is sited in the middle of the luma samples that it covers; where it is to be coarser than luma, each
/// sample is the mean of the finer ones that it stands for, which keeps more of it than Lanczos3 at its own size would.
/// The size that it has already costs nothing and changes nothing, nor the subsampling.
///
/// Linear light is that of sRGB, for samples of 8 bits; those of 16 are mixed as they are encoded. Of YCbCr, luma is mixed as if it were grey, and chroma as it is encoded.
///
/// `part` is what of the picture becomes the result; `None` is all of it. `cancel` is asked for each row.
pub fn resample(
    picture: Picture,
    to: Size,
    part: Option<&Part>,
    chroma: Subsampling,
    light: Light,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    cancel.check()?;
    let (size, layout, icc) = (picture.size(), picture.layout(), picture.icc.clone());
    if size == to && part.is_none() {
        return Ok(picture);
    }
    if to.shorter() == 0 || size.shorter() == 0 {
        return Err(Error::internal(format!("{size} cannot become {to}")));
    }
    let result = match (layout, picture.planes()) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            let coarse = Kernels::of_chroma(size, subsampling, part, to, chroma)?;
            let blue = mix(blue, 1, &coarse, Light::Gamma, cancel)?;
            let red = mix(red, 1, &coarse, Light::Gamma, cancel)?;
            let same = subsampling == Subsampling::S444 && chroma == Subsampling::S444;
            let fine = if same { coarse } else { Kernels::new(size, part, to)? };
            let luma = mix(luma, 1, &fine, light, cancel)?;
            Picture::planar(to, chroma, [luma, blue, red])?
        }
        (layout, planes) if layout.is_wide() => {
            let resized = mix_wide(&planes[0], layout.channels(), &Kernels::new(size, part, to)?, cancel)?;
            Picture::interleaved(to, layout, resized.data)?
        }
        (_, planes) => {
            let resized = mix(&planes[0], layout.channels(), &Kernels::new(size, part, to)?, light, cancel)?;
            Picture::interleaved(to, layout, resized.data)?
        }
    };
    Ok(result.with_icc(icc))
}

impl Kernels {
    /// Lanczos3 for `part` of a plane of size `from`; `None` is all of it.
    pub fn new(from: Size, part: Option<&Part>, to: Size) -> Result<Self, Error> {
        Self::of_chroma(from, Subsampling::S444, part, to, Subsampling::S444)
    }

    /// For the chroma of `part` of a picture of size `from`, to that of a picture of size `to`.
    pub fn of_chroma(
        from: Size,
        subsampling: Subsampling,
        part: Option<&Part>,
        to: Size,
        wanted: Subsampling,
    ) -> Result<Self, Error> {
        let part = part.copied().unwrap_or(Part::of(Rect::whole(from)));
        let Rect { x, y, size } = part.within;
        let (across, columns) = axis(
            (part.x, part.x + part.width),
            x..x + size.width,
            subsampling.horizontal,
            to.width,
            wanted.horizontal,
        )?;
        let (down, rows) =
            axis((part.y, part.y + part.height), y..y + size.height, subsampling.vertical, to.height, wanted.vertical)?;
        Ok(Self { across, down, columns, rows })
    }
}

/// The kernel to `to` pixels (where `wanted` is 2, to the half as many samples that stand for two of them) of the pixels
/// from `part.0` to `part.1` out of `within`, of which `shared` have a sample. And the samples that it looks at.
fn axis(part: (f64, f64), within: Range<u32>, shared: u8, to: u32, wanted: u8) -> Result<(Kernel, Range<u32>), Error> {
    let shared = u32::from(shared);
    // An odd side has a last chroma sample of which half lies outside.
    let (first, end) = (within.start / shared, within.end.div_ceil(shared));
    // Where parts are cut out of parts, rounding may lay an edge outside of the samples by the last bit of a float.
    let place = |pixel: f64| (pixel / f64::from(shared) - f64::from(first)).clamp(0.0, f64::from(end - first));
    let kernel = if wanted == 1 { Kernel::lanczos3 } else { Kernel::lanczos3_pairs };
    let kernel = kernel(end - first, place(part.0)..place(part.1), to).map_err(Error::internal)?;
    let (kernel, used) = kernel.window(0..kernel.result()).map_err(Error::internal)?;
    Ok((kernel, first + used.start..first + used.end))
}

#[cfg(test)]
mod tests {
    use super::super::{convert, narrow, widen};
    use super::*;
    use crate::Plane;

    /// In gamma-encoded light, chroma as fine as luma.
    fn resampled(picture: Picture, to: Size) -> Picture {
        resample(picture, to, None, Subsampling::S444, Light::Gamma, &Cancel::default()).unwrap()
    }

    fn noise(size: Size, layout: Layout) -> Picture {
        let mut state = 1u32;
        let mut picture = Picture::blank(size, layout);
        for plane in picture.planes_mut() {
            for sample in &mut plane.data {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = (state >> 24) as u8;
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
                let made = resampled(picture, to);
                assert_eq!((made.size(), made.layout()), (to, layout));
                assert_near(&made.planes()[0].data, &exact, 1.0, &format!("{to} {layout:?}"));
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
            let made = resampled(picture, to);
            assert_eq!(made.layout(), Layout::YCbCr(Subsampling::S444));
            assert_near(&made.planes()[2].data, &exact, 1.0, &format!("{subsampling:?}"));
        }
    }

    #[test]
    fn coarse_chroma_is_the_mean_of_fine_chroma() {
        // Of low contrast, so that nothing is clamped before the mean is taken.
        let soft = |subsampling| {
            let mut picture = noise(Size::new(90, 61), Layout::YCbCr(subsampling));
            for plane in picture.planes_mut() {
                plane.data.iter_mut().for_each(|sample| *sample = 80 + *sample / 3);
            }
            picture
        };
        let fine = |subsampling| resampled(soft(subsampling), Size::new(31, 20));
        for from in [Subsampling::S420, Subsampling::S444] {
            for to in [Subsampling::S420, Subsampling::S422, Subsampling::S440] {
                let made = resample(soft(from), Size::new(31, 20), None, to, Light::Gamma, &Cancel::default()).unwrap();
                let mean = convert(fine(from), Layout::YCbCr(to)).unwrap();
                assert_eq!(made.layout(), mean.layout());
                for (made, mean) in made.planes().iter().zip(mean.planes()) {
                    assert!(made.data.iter().zip(&mean.data).all(|(a, b)| a.abs_diff(*b) <= 1), "{from:?} {to:?}");
                }
            }
        }
    }

    #[test]
    fn fine_bright_detail_is_kept_in_linear_light() {
        let stripes = [0u8, 255].repeat(50).repeat(40);
        let grey = Picture::interleaved(Size::new(100, 40), Layout::Grey, stripes).unwrap();
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba, Layout::YCbCr(Subsampling::S420)] {
            let picture = convert(grey.clone(), layout).unwrap();
            let chroma = Subsampling::S420;
            let made = resample(picture, Size::new(10, 4), None, chroma, Light::Linear, &Cancel::default()).unwrap();
            // Half of the light, encoded as sRGB.
            let middle = made.row(2)[5 * layout.channels()];
            assert!(middle.abs_diff(188) <= 1, "{layout:?}: {middle}");
        }
    }

    #[test]
    fn padding_is_not_seen() {
        let size = Size::new(10, 8);
        let plain = Plane::filled(size, 1, 90);
        let padded = Plane { size, stride: 16, data: [[90u8; 10].as_slice(), &[255; 6]].concat().repeat(8) };
        let planes = [padded.clone(), padded.clone(), padded];
        let made = Picture::planar(size, Subsampling::S444, planes).unwrap();
        let made = resampled(made, Size::new(5, 5));
        let clean = Picture::planar(size, Subsampling::S444, [plain.clone(), plain.clone(), plain]).unwrap();
        assert_eq!(made, resampled(clean, Size::new(5, 5)));
    }

    #[test]
    fn hidden_colour_does_not_bleed() {
        let mut picture = Picture::solid(Size::new(40, 40), [0, 255, 0, 0]);
        for y in 0..40 {
            picture.row_mut(y)[..80].copy_from_slice(&[255, 0, 0, 255].repeat(20));
        }
        for to in [Size::new(13, 13), Size::new(77, 77)] {
            let made = resampled(picture.clone(), to);
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
                assert_eq!(resampled(noise(from, layout), to).size(), to);
            }
        }
    }

    #[test]
    fn wide_pictures_agree_with_narrow_ones() {
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
            for to in [Size::new(20, 31), Size::new(90, 50), Size::new(1, 1)] {
                let mut picture = noise(Size::new(67, 45), layout);
                if layout.has_alpha() {
                    // Of what is nearly transparent, 8 bits hold little colour.
                    picture.planes_mut()[0].data.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha |= 128);
                }
                let wide = resampled(widen(picture.clone()), to);
                assert_eq!((wide.size(), wide.layout()), (to, layout.widened()));
                assert_near(
                    &narrow(wide).planes()[0].data,
                    &resampled(picture, to).planes()[0].data.iter().map(|v| f64::from(*v)).collect::<Vec<_>>(),
                    2.0,
                    &format!("{layout:?} {to}"),
                );
            }
        }
    }

    #[test]
    fn flat_colours_stay_exact_in_16_bits() {
        let pixel = [12_345u16, 54_321, 1, 40_000].map(u16::to_ne_bytes).concat();
        let picture = Picture::interleaved(Size::new(31, 17), Layout::Rgba16, pixel.repeat(31 * 17)).unwrap();
        for to in [Size::new(7, 5), Size::new(64, 40), Size::new(1, 300)] {
            for made in resampled(picture.clone(), to).planes()[0].data.as_chunks::<8>().0 {
                for (made, given) in made.as_chunks::<2>().0.iter().zip(pixel.as_chunks::<2>().0) {
                    assert!(u16::from_ne_bytes(*made).abs_diff(u16::from_ne_bytes(*given)) <= 1);
                }
            }
        }
    }
}
