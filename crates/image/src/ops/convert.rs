use lightmill_recipe::Size;

use super::depth::{narrow, widen};
use super::ycbcr;
use crate::{Error, Layout, Picture, Plane, Subsampling};

/// The same picture in another layout. A layout that it already has costs nothing.
///
/// Grey becomes RGB, RGBA or YCbCr; RGB becomes RGBA or YCbCr; YCbCr becomes RGB, RGBA or YCbCr of another
/// subsampling. New alpha is opaque. Samples of 16 bits become 8 by rounding, and 8 become 16 exactly. Chroma is enlarged by the triangle filter and reduced by the mean; it is sited in
/// the middle of the luma samples that it covers (JFIF 1.02).
///
/// # Errors
/// Internal, if the layout asked for cannot hold the picture's alpha or colour.
pub fn convert(picture: Picture, layout: Layout) -> Result<Picture, Error> {
    let from = picture.layout();
    if from == layout {
        return Ok(picture);
    }
    if from.is_wide() && !layout.is_wide() {
        return convert(narrow(picture), layout);
    }
    if layout.is_wide() && !from.is_wide() {
        return Ok(widen(convert(picture, layout.narrowed())?));
    }
    match (from, layout) {
        (Layout::Grey, Layout::Rgb) => Ok(spread::<1, 3>(&picture, layout, |[v]| [v, v, v]).with_icc(None)),
        (Layout::Grey, Layout::Rgba) => Ok(spread::<1, 4>(&picture, layout, |[v]| [v, v, v, 255]).with_icc(None)),
        (Layout::Rgb, Layout::Rgba) => Ok(spread::<3, 4>(&picture, layout, |[r, g, b]| [r, g, b, 255])),
        (Layout::Grey16, Layout::Rgb16) => {
            Ok(spread::<2, 6>(&picture, layout, |[a, b]| [a, b, a, b, a, b]).with_icc(None))
        }
        (Layout::Grey16, Layout::Rgba16) => {
            Ok(spread::<2, 8>(&picture, layout, |[a, b]| [a, b, a, b, a, b, 255, 255]).with_icc(None))
        }
        (Layout::Rgb16, Layout::Rgba16) => {
            Ok(spread::<6, 8>(&picture, layout, |[a, b, c, d, e, f]| [a, b, c, d, e, f, 255, 255]))
        }
        (Layout::YCbCr(subsampling), Layout::Rgb) => Ok(to_rgb::<3>(&picture, subsampling, layout)),
        (Layout::YCbCr(subsampling), Layout::Rgba) => Ok(to_rgb::<4>(&picture, subsampling, layout)),
        (Layout::Grey, Layout::YCbCr(to)) => grey_to_planes(picture, to),
        (Layout::Rgb, Layout::YCbCr(to)) => subsample(rgb_to_planes(&picture), to),
        (Layout::YCbCr(from), Layout::YCbCr(to)) => subsample(upsample(&picture, from), to),
        _ => Err(Error::internal(format!("{from:?} does not become {layout:?} without loss of colour or alpha"))),
    }
}

fn spread<const FROM: usize, const TO: usize>(
    picture: &Picture,
    layout: Layout,
    pixel: impl Fn([u8; FROM]) -> [u8; TO],
) -> Picture {
    let mut result = Picture::blank(picture.size(), layout).with_icc(picture.icc.clone());
    for y in 0..picture.size().height {
        let from = picture.row(y).as_chunks::<FROM>().0;
        for (to, from) in result.row_mut(y).as_chunks_mut::<TO>().0.iter_mut().zip(from) {
            *to = pixel(*from);
        }
    }
    result
}

fn to_rgb<const CHANNELS: usize>(picture: &Picture, subsampling: Subsampling, layout: Layout) -> Picture {
    let size = picture.size();
    let width = size.width as usize;
    let mut result = Picture::blank(size, layout).with_icc(picture.icc.clone());
    let [luma, blue, red] = picture.planes() else { return result };
    let mut chroma = [Upsampler::new(blue, subsampling, size), Upsampler::new(red, subsampling, size)];
    let [mut r, mut g, mut b] = [vec![0; width], vec![0; width], vec![0; width]];
    for y in 0..size.height {
        let [blue, red] = &mut chroma;
        ycbcr::to_rgb(luma.row(y, 1), blue.row(y), red.row(y), [&mut r, &mut g, &mut b]);
        let pixels = result.row_mut(y).as_chunks_mut::<CHANNELS>().0;
        for (((pixel, r), g), b) in pixels.iter_mut().zip(&r).zip(&g).zip(&b) {
            let mut value = [255; CHANNELS];
            (value[0], value[1], value[2]) = (*r, *g, *b);
            *pixel = value;
        }
    }
    result
}

/// Gives the rows of a chroma plane at the resolution of luma.
struct Upsampler<'a> {
    plane: &'a Plane,
    subsampling: Subsampling,
    /// One vertically mixed row, with its first and last sample repeated on either side.
    sums: Vec<u16>,
    wide: Vec<u8>,
}

impl<'a> Upsampler<'a> {
    fn new(plane: &'a Plane, subsampling: Subsampling, size: Size) -> Self {
        let sums = vec![0; plane.size.width as usize + 2];
        Self { plane, subsampling, sums, wide: vec![0; size.width as usize] }
    }

    fn row(&mut self, y: u32) -> &[u8] {
        if self.subsampling == Subsampling::S444 {
            return self.plane.row(y, 1);
        }
        let length = self.plane.size.width as usize;
        let two_rows = self.subsampling.vertical == 2;
        if two_rows {
            let near = y / 2;
            let far =
                if y.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(self.plane.size.height - 1) };
            ycbcr::blend_rows(self.plane.row(near, 1), self.plane.row(far, 1), &mut self.sums[1..=length]);
        } else {
            for (sum, sample) in self.sums[1..=length].iter_mut().zip(self.plane.row(y, 1)) {
                *sum = u16::from(*sample);
            }
        }
        if self.subsampling.horizontal == 2 {
            self.sums[0] = self.sums[1];
            self.sums[length + 1] = self.sums[length];
            if two_rows {
                ycbcr::double_sums(&self.sums, &mut self.wide);
            } else {
                ycbcr::double_samples(&self.sums, &mut self.wide);
            }
        } else {
            // libjpeg's rounding of 4:4:0: down for the upper row of a pair, up for the lower.
            let half = 1 + (y % 2) as u16;
            for (wide, sum) in self.wide.iter_mut().zip(&self.sums[1..]) {
                *wide = ((sum + half) >> 2) as u8;
            }
        }
        &self.wide
    }
}

fn grey_to_planes(picture: Picture, to: Subsampling) -> Result<Picture, Error> {
    let size = picture.size();
    let chroma = Plane::filled(to.chroma(size), 1, 128);
    match <[Plane; 1]>::try_from(picture.into_planes()) {
        Ok([luma]) => Picture::planar(size, to, [luma, chroma.clone(), chroma]),
        Err(_) => Err(Error::internal("a grey picture has one plane")),
    }
}

fn rgb_to_planes(picture: &Picture) -> Picture {
    let mut result = Picture::blank(picture.size(), Layout::YCbCr(Subsampling::S444)).with_icc(picture.icc.clone());
    if let [luma, blue, red] = result.planes_mut() {
        for y in 0..picture.size().height {
            ycbcr::from_rgb::<3>(picture.row(y), luma.row_mut(y, 1), blue.row_mut(y, 1), red.row_mut(y, 1));
        }
    }
    result
}

fn upsample(picture: &Picture, from: Subsampling) -> Picture {
    let size = picture.size();
    let mut result = Picture::blank(size, Layout::YCbCr(Subsampling::S444)).with_icc(picture.icc.clone());
    for (index, (to, plane)) in result.planes_mut().iter_mut().zip(picture.planes()).enumerate() {
        let mut rows = Upsampler::new(plane, if index == 0 { Subsampling::S444 } else { from }, size);
        for y in 0..size.height {
            to.row_mut(y, 1).copy_from_slice(rows.row(y));
        }
    }
    result
}

/// Chroma planes of a 4:4:4 picture reduced to `to`, each sample the mean of those that it covers.
fn subsample(picture: Picture, to: Subsampling) -> Result<Picture, Error> {
    if to == Subsampling::S444 {
        return Ok(picture);
    }
    let (size, icc) = (picture.size(), picture.icc.clone());
    match <[Plane; 3]>::try_from(picture.into_planes()) {
        Ok([luma, blue, red]) => {
            let planes = [luma, mean(&blue, to, size), mean(&red, to, size)];
            Ok(Picture::planar(size, to, planes)?.with_icc(icc))
        }
        Err(_) => Err(Error::internal("a planar picture has three planes")),
    }
}

fn mean(plane: &Plane, to: Subsampling, size: Size) -> Plane {
    let mut result = Plane::filled(to.chroma(size), 1, 0);
    let last = plane.size.width as usize - 1;
    for y in 0..result.size.height {
        let upper = y * u32::from(to.vertical);
        let lower = (upper + u32::from(to.vertical) - 1).min(plane.size.height - 1);
        let (upper, lower) = (plane.row(upper, 1), plane.row(lower, 1));
        for (x, sample) in result.row_mut(y, 1).iter_mut().enumerate() {
            let left = x * usize::from(to.horizontal);
            let right = (left + usize::from(to.horizontal) - 1).min(last);
            let sum = [upper[left], upper[right], lower[left], lower[right]].map(u16::from).iter().sum::<u16>();
            *sample = ((sum + 2) >> 2) as u8;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Subsampling; 4] = [Subsampling::S444, Subsampling::S422, Subsampling::S440, Subsampling::S420];

    fn gradient(size: Size) -> Picture {
        let pixel = |i: u32| {
            let (x, y) = (i % size.width, i / size.width);
            [(40 + x * 4) as u8, (200 - y * 3) as u8, (90 + x + y) as u8]
        };
        let data = (0..size.width * size.height).flat_map(pixel).collect();
        Picture::interleaved(size, Layout::Rgb, data).unwrap()
    }

    #[test]
    fn colours_survive_the_way_there_and_back() {
        for size in [Size::new(40, 30), Size::new(39, 29), Size::new(1, 1), Size::new(3, 1), Size::new(1, 4)] {
            let picture = gradient(size);
            for subsampling in ALL {
                let planes = convert(picture.clone(), Layout::YCbCr(subsampling)).unwrap();
                assert_eq!(planes.layout(), Layout::YCbCr(subsampling));
                let back = convert(planes, Layout::Rgb).unwrap();
                let tolerance = if subsampling == Subsampling::S444 { 2 } else { 6 };
                for (made, exact) in back.planes()[0].data.iter().zip(&picture.planes()[0].data) {
                    assert!(made.abs_diff(*exact) <= tolerance, "{size} {subsampling:?}: {made} {exact}");
                }
            }
        }
    }

    #[test]
    fn upsampling_follows_the_triangle() {
        // Chroma of 2×2 samples under 4×4 of luma: 9/16, 3/16, 3/16 and 1/16 of the four nearest.
        let mut picture = Picture::blank(Size::new(4, 4), Layout::YCbCr(Subsampling::S420));
        picture.planes_mut()[1].data = vec![0, 160, 80, 240];
        let made = convert(picture, Layout::YCbCr(Subsampling::S444)).unwrap();
        let exact = [[0.0, 40.0, 120.0, 160.0], [20.0, 60.0, 140.0, 180.0], [60.0, 100.0, 180.0, 220.0]];
        for (y, row) in exact.iter().enumerate() {
            for (made, exact) in made.planes()[1].row(y as u32, 1).iter().zip(row) {
                assert!((f64::from(*made) - exact).abs() <= 0.5, "{y}: {made} {exact}");
            }
        }
    }

    #[test]
    fn alpha_is_added_and_never_dropped() {
        let grey = Picture::interleaved(Size::new(2, 1), Layout::Grey, vec![3, 200]).unwrap();
        assert_eq!(convert(grey.clone(), Layout::Rgba).unwrap().row(0), [3, 3, 3, 255, 200, 200, 200, 255]);
        let planes = convert(grey.clone(), Layout::YCbCr(Subsampling::S420)).unwrap();
        assert_eq!(convert(planes.clone(), Layout::Rgba).unwrap().row(0), [3, 3, 3, 255, 200, 200, 200, 255]);
        assert_eq!(convert(planes, Layout::Rgb).unwrap(), convert(grey, Layout::Rgb).unwrap());
        let clear = Picture::solid(Size::new(2, 2), [1, 2, 3, 4]);
        for layout in [Layout::Rgb, Layout::Grey, Layout::YCbCr(Subsampling::S444)] {
            assert!(convert(clear.clone(), layout).is_err(), "{layout:?}");
        }
    }

    #[test]
    fn depth_and_channels_change_together() {
        let grey =
            Picture::interleaved(Size::new(2, 1), Layout::Grey16, [0x0100u16, 0xFFFF].map(u16::to_ne_bytes).concat());
        let grey = grey.unwrap();
        assert_eq!(convert(grey.clone(), Layout::Rgba).unwrap().row(0), [1, 1, 1, 255, 255, 255, 255, 255]);
        let rgba = convert(grey.clone(), Layout::Rgba16).unwrap();
        assert_eq!(rgba, convert(convert(grey, Layout::Rgb16).unwrap(), Layout::Rgba16).unwrap());
        assert_eq!(rgba.row(0)[..2], 0x0100u16.to_ne_bytes());
        assert_eq!(rgba.row(0)[6..8], [255; 2]);
        let planes = convert(gradient(Size::new(4, 4)), Layout::YCbCr(Subsampling::S444)).unwrap();
        assert_eq!(convert(planes, Layout::Rgb16).unwrap().layout(), Layout::Rgb16);
        assert!(convert(rgba, Layout::Rgb16).is_err());
    }

    #[test]
    fn profiles_travel_with_colours() {
        let icc: std::sync::Arc<[u8]> = vec![1, 2, 3].into();
        let picture = gradient(Size::new(4, 4)).with_icc(Some(icc.clone()));
        let planes = convert(picture, Layout::YCbCr(Subsampling::S420)).unwrap();
        assert_eq!(convert(planes, Layout::Rgba).unwrap().icc, Some(icc));
    }
}
