use lightmill_recipe::{Rect, Size};

use crate::{Error, Layout, Picture, Plane, Subsampling};

/// 4:2:0 planes of limited range (ITU-R BT.601: luma 16 to 235, chroma 16 to 240 around 128), as VP8 has them (RFC 6386,
/// section 2). Rows have no padding.
pub(super) struct Planes {
    pub size: Size,
    pub luma: Vec<u8>,
    /// Blue and red differences.
    pub chroma: [Vec<u8>; 2],
}

impl Planes {
    /// What lies in `window` of a picture; its alpha counts for nothing. Chroma is the mean of four pixels; beyond the
    /// window's right and lower edge its last column and row are repeated.
    ///
    /// # Errors
    /// Internal, if the window begins at an odd column or row or lies outside.
    pub fn of(picture: &Picture, window: Rect) -> Result<Self, Error> {
        let even = window.x.is_multiple_of(2) && window.y.is_multiple_of(2);
        if !even || window.is_empty() || !window.fits(picture.size()) {
            return Err(Error::internal(format!("window {window:?} of a {} picture", picture.size())));
        }
        let half = Subsampling::S420.chroma(window.size).pixels().0 as usize;
        let (luma, chroma) = match (picture.layout(), picture.planes()) {
            (Layout::Grey, [plane]) => (luma(plane, window), [vec![128; half], vec![128; half]]),
            (Layout::Rgb, [plane]) => from_rgb::<3>(plane, window),
            (Layout::Rgba, [plane]) => from_rgb::<4>(plane, window),
            (Layout::YCbCr(subsampling), [y, blue, red]) => {
                (luma(y, window), [blue, red].map(|plane| chroma(plane, window, subsampling)))
            }
            (other, _) => return Err(Error::internal(format!("planes do not make {other:?}"))),
        };
        Ok(Self { size: window.size, luma, chroma })
    }
}

/// Full range to limited range.
fn luma(plane: &Plane, window: Rect) -> Vec<u8> {
    let mut data = Vec::with_capacity(window.size.pixels().0 as usize);
    for y in window.y..window.y + window.size.height {
        let row = &plane.row(y, 1)[window.x as usize..][..window.size.width as usize];
        // 219/255 in 16 bits after the point.
        data.extend(row.iter().map(|v| 16 + ((u32::from(*v) * 56_284 + 32_768) >> 16) as u8));
    }
    data
}

/// The mean of the samples that fall on one of 4:2:0, from full range to limited range.
fn chroma(plane: &Plane, window: Rect, subsampling: Subsampling) -> Vec<u8> {
    // Sums are of four samples, of which two or all are the same where the plane is subsampled already.
    let scaled = |sum: u16| ((u32::from(sum) * 14_392 + 1_019_792 + 32_768) >> 16) as u8;
    let (across, down) = (u32::from(2 / subsampling.horizontal), u32::from(2 / subsampling.vertical));
    let size = Subsampling::S420.chroma(window.size);
    // Samples of the window: its last column and row may lack their partners.
    let (left, top) = (window.x / 2 * across, window.y / 2 * down);
    let right = (left + window.size.width.div_ceil(subsampling.horizontal.into())).min(plane.size.width);
    let bottom = (top + window.size.height.div_ceil(subsampling.vertical.into())).min(plane.size.height);
    let mut data = Vec::with_capacity(size.pixels().0 as usize);
    for y in (top..bottom).step_by(down as usize) {
        let row = |y: u32| &plane.row(y.min(bottom - 1), 1)[left as usize..right as usize];
        let (upper, lower) = (row(y), row(y + down - 1));
        if across == 1 {
            data.extend(upper.iter().zip(lower).map(|(a, b)| scaled(2 * (u16::from(*a) + u16::from(*b)))));
            continue;
        }
        let ((upper, upper_rest), (lower, lower_rest)) = (upper.as_chunks::<2>(), lower.as_chunks::<2>());
        let sum = |[a, b]: [u8; 2], [c, d]: [u8; 2]| u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
        data.extend(upper.iter().zip(lower).map(|(upper, lower)| scaled(sum(*upper, *lower))));
        data.extend(upper_rest.iter().zip(lower_rest).map(|(a, b)| scaled(sum([*a; 2], [*b; 2]))));
    }
    data
}

/// Half of the range of chroma, and half of what is rounded away.
const MIDDLE: i32 = (128 << 18) + (1 << 17);

/// By the weights of ITU-R BT.601, section 2.5, in 16 bits after the point; chroma of the sum of four pixels.
fn from_rgb<const CHANNELS: usize>(plane: &Plane, window: Rect) -> (Vec<u8>, [Vec<u8>; 2]) {
    let size = window.size;
    let half = Subsampling::S420.chroma(size);
    let mut luma = Vec::with_capacity(size.pixels().0 as usize);
    let mut chroma = [0; 2].map(|_| Vec::with_capacity(half.pixels().0 as usize));
    let row = |y: u32| {
        let y = y.min(window.y + size.height - 1);
        &plane.row(y, CHANNELS).as_chunks::<CHANNELS>().0[window.x as usize..][..size.width as usize]
    };
    let weigh = |pixel: &[u8; CHANNELS]| {
        let [r, g, b] = [u32::from(pixel[0]), u32::from(pixel[1]), u32::from(pixel[2])];
        ((16_829 * r + 33_039 * g + 6_416 * b + (16 << 16) + (1 << 15)) >> 16) as u8
    };
    for y in (window.y..window.y + size.height).step_by(2) {
        let (upper, lower) = (row(y), row(y + 1));
        luma.extend(upper.iter().map(weigh));
        if y + 1 < window.y + size.height {
            luma.extend(lower.iter().map(weigh));
        }
        let mut put = |block: [&[u8; CHANNELS]; 4]| {
            let sum = |channel: usize| block.iter().map(|pixel| i32::from(pixel[channel])).sum::<i32>();
            let [r, g, b] = [sum(0), sum(1), sum(2)];
            chroma[0].push(((-9_714 * r - 19_071 * g + 28_785 * b + MIDDLE) >> 18) as u8);
            chroma[1].push(((28_785 * r - 24_104 * g - 4_681 * b + MIDDLE) >> 18) as u8);
        };
        let ((upper, upper_rest), (lower, lower_rest)) = (upper.as_chunks::<2>(), lower.as_chunks::<2>());
        upper.iter().zip(lower).for_each(|([a, b], [c, d])| put([a, b, c, d]));
        upper_rest.iter().zip(lower_rest).for_each(|(a, b)| put([a, a, b, b]));
    }
    (luma, chroma)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(size: Size, layout: Layout) -> Picture {
        let mut state = 7u32;
        let mut picture = Picture::blank(size, layout);
        for sample in picture.planes_mut().iter_mut().flat_map(|plane| &mut plane.data) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (state >> 24) as u8;
        }
        picture
    }

    /// Limited-range Y'CbCr of the mean of some pixels.
    fn exact(pixels: &[[f64; 3]]) -> [f64; 3] {
        let mean = |channel: usize| pixels.iter().map(|p| p[channel]).sum::<f64>() / pixels.len() as f64 / 255.0;
        let [r, g, b] = [mean(0), mean(1), mean(2)];
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.772, 128.0 + 224.0 * (r - y) / 1.402]
    }

    #[test]
    fn rgb_is_within_one_of_bt601() {
        let picture = noise(Size::new(13, 9), Layout::Rgb);
        for window in [Rect::whole(picture.size()), Rect { x: 2, y: 4, size: Size::new(11, 5) }] {
            let planes = Planes::of(&picture, window).unwrap();
            let pixel = |x: u32, y: u32| {
                let p = &picture.row(window.y + y.min(window.size.height - 1))
                    [(window.x + x.min(window.size.width - 1)) as usize * 3..];
                [p[0], p[1], p[2]].map(f64::from)
            };
            let half = Subsampling::S420.chroma(window.size);
            assert_eq!(planes.chroma[0].len() as u64, half.pixels().0);
            for (i, luma) in planes.luma.iter().enumerate() {
                let (x, y) = (i as u32 % window.size.width, i as u32 / window.size.width);
                assert!((f64::from(*luma) - exact(&[pixel(x, y)])[0]).abs() < 0.51);
            }
            for i in 0..half.pixels().0 as usize {
                let (x, y) = (i as u32 % half.width * 2, i as u32 / half.width * 2);
                let block = [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)];
                for (plane, exact) in planes.chroma.iter().zip(&exact(&block)[1..]) {
                    assert!((f64::from(plane[i]) - exact).abs() < 0.51);
                }
            }
        }
    }

    #[test]
    fn planes_of_every_subsampling_are_scaled_to_the_limited_range() {
        let subsamplings = [Subsampling::S444, Subsampling::S422, Subsampling::S440, Subsampling::S420];
        for subsampling in subsamplings {
            let picture = noise(Size::new(11, 7), Layout::YCbCr(subsampling));
            for window in [Rect::whole(picture.size()), Rect { x: 4, y: 2, size: Size::new(5, 4) }] {
                let planes = Planes::of(&picture, window).unwrap();
                let half = Subsampling::S420.chroma(window.size);
                let sample = |plane: usize, x: u32, y: u32| {
                    let x = window.x + x.min(window.size.width - 1);
                    let y = window.y + y.min(window.size.height - 1);
                    let of_plane = if plane == 0 { Subsampling::S444 } else { subsampling };
                    let (across, down) = (u32::from(of_plane.horizontal), u32::from(of_plane.vertical));
                    f64::from(picture.planes()[plane].row(y / down, 1)[(x / across) as usize])
                };
                for (i, made) in planes.luma.iter().enumerate() {
                    let (x, y) = (i as u32 % window.size.width, i as u32 / window.size.width);
                    let exact = 16.0 + sample(0, x, y) * 219.0 / 255.0;
                    assert!((f64::from(*made) - exact).abs() < 0.51, "{made} {exact}");
                }
                for (number, made) in planes.chroma.iter().enumerate() {
                    assert_eq!(made.len() as u64, half.pixels().0, "{subsampling:?} {window:?}");
                    for (i, made) in made.iter().enumerate() {
                        let (x, y) = (i as u32 % half.width * 2, i as u32 / half.width * 2);
                        let block = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
                        let mean = block.iter().map(|(x, y)| sample(number + 1, *x, *y)).sum::<f64>() / 4.0;
                        let exact = 128.0 + (mean - 128.0) * 224.0 / 255.0;
                        assert!((f64::from(*made) - exact).abs() < 0.51, "{subsampling:?} {made} {exact}");
                    }
                }
            }
        }
    }

    #[test]
    fn windows_begin_between_chroma_samples_never() {
        let picture = noise(Size::new(8, 8), Layout::Rgb);
        for (x, y, side) in [(1, 0, 2), (0, 3, 2), (0, 0, 9), (0, 0, 0)] {
            assert!(Planes::of(&picture, Rect { x, y, size: Size::new(side, side) }).is_err());
        }
    }
}
