//! Samples of any depth and arrangement as interleaved samples of 8 or 16 bits.

use crate::ops::to_eight_bits;

/// One row of a strip or tile as the library gives it: 1 plane of interleaved samples, or one plane for each.
pub(super) struct Row<'a> {
    /// Rows of the planes, in the machine's byte order.
    pub planes: Vec<&'a [u8]>,
    /// Samples of a pixel, over all planes.
    pub samples: usize,
    /// 1, 2, 4, 8 or 16 for integers, 32 for floating point.
    pub bits: u8,
}

impl Row<'_> {
    /// Writes the samples to `to`, interleaved, as pairs of bytes if `wide`.
    pub fn write(&self, wide: bool, to: &mut [u8]) {
        match (self.bits, wide) {
            (8, false) if self.planes.len() == 1 => {
                let length = to.len().min(self.planes[0].len());
                to[..length].copy_from_slice(&self.planes[0][..length]);
            }
            (8, false) => self.each(to.as_chunks_mut::<1>().0, |plane, i| [plane.get(i).copied().unwrap_or(0)]),
            (8, true) => self.each(to.as_chunks_mut::<2>().0, |plane, i| [plane.get(i).copied().unwrap_or(0); 2]),
            (16, true) => self.each(to.as_chunks_mut::<2>().0, |plane, i| sixteen(plane, i).to_ne_bytes()),
            (16, false) => self.each(to.as_chunks_mut::<1>().0, |plane, i| [to_eight_bits(sixteen(plane, i))]),
            // A float cast bounds what is out of range and makes NaN 0.
            (32, true) => self.each(to.as_chunks_mut::<2>().0, |plane, i| {
                ((float(plane, i) * 65_535.0).round() as u16).to_ne_bytes()
            }),
            (32, false) => self.each(to.as_chunks_mut::<1>().0, |plane, i| [(float(plane, i) * 255.0).round() as u8]),
            (bits, wide) => {
                let copies = if wide { 2 } else { 1 };
                for (i, to) in to.chunks_exact_mut(copies).enumerate() {
                    to.fill(few(self.planes[0], i, bits));
                }
            }
        }
    }

    /// Calls `value` with the plane of each sample and its place there.
    fn each<const BYTES: usize>(&self, to: &mut [[u8; BYTES]], value: impl Fn(&[u8], usize) -> [u8; BYTES]) {
        if let [plane] = self.planes.as_slice() {
            to.iter_mut().enumerate().for_each(|(i, to)| *to = value(plane, i));
            return;
        }
        for (i, pixel) in to.chunks_exact_mut(self.samples).enumerate() {
            pixel.iter_mut().zip(&self.planes).for_each(|(to, plane)| *to = value(plane, i));
        }
    }
}

fn sixteen(plane: &[u8], i: usize) -> u16 {
    plane.as_chunks::<2>().0.get(i).map_or(0, |sample| u16::from_ne_bytes(*sample))
}

fn float(plane: &[u8], i: usize) -> f32 {
    plane.as_chunks::<4>().0.get(i).map_or(0.0, |sample| f32::from_ne_bytes(*sample))
}

/// Sample `i` of `bits` 1, 2 or 4, the first in the highest bits of its byte (TIFF 6.0, `FillOrder` 1), spread over
/// 8 bits.
fn few(plane: &[u8], i: usize, bits: u8) -> u8 {
    let bits = usize::from(bits.clamp(1, 4));
    let per_byte = 8 / bits;
    let byte = plane.get(i / per_byte).copied().unwrap_or(0);
    let value = usize::from(byte) >> (8 - bits * (i % per_byte + 1)) & ((1 << bits) - 1);
    (value * 255 / ((1 << bits) - 1)) as u8
}

/// Straight colours from those multiplied by alpha, the last of `channels` samples of each pixel.
pub(super) fn unpremultiply(data: &mut [u8], channels: usize, wide: bool) {
    if wide {
        for pixel in data.as_chunks_mut::<2>().0.chunks_exact_mut(channels) {
            let Some((alpha, colours)) = pixel.split_last_mut() else { continue };
            let alpha = u64::from(u16::from_ne_bytes(*alpha));
            for colour in colours {
                let value = u64::from(u16::from_ne_bytes(*colour));
                let straight = (value * 65_535 + alpha / 2).checked_div(alpha).unwrap_or(0);
                *colour = (straight.min(65_535) as u16).to_ne_bytes();
            }
        }
        return;
    }
    for pixel in data.chunks_exact_mut(channels) {
        let Some((alpha, colours)) = pixel.split_last_mut() else { continue };
        let alpha = u32::from(*alpha);
        for colour in colours {
            let straight = (u32::from(*colour) * 255 + alpha / 2).checked_div(alpha).unwrap_or(0);
            *colour = straight.min(255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(planes: Vec<&[u8]>, samples: usize, bits: u8, wide: bool, bytes: usize) -> Vec<u8> {
        let mut to = vec![0; bytes];
        Row { planes, samples, bits }.write(wide, &mut to);
        to
    }

    #[test]
    fn few_bits_are_spread() {
        assert_eq!(written(vec![&[0b1010_0000]], 1, 1, false, 4), [255, 0, 255, 0]);
        assert_eq!(written(vec![&[0b0001_1011]], 1, 2, false, 4), [0, 85, 170, 255]);
        assert_eq!(written(vec![&[0x0F, 0x80]], 1, 4, true, 6), [0, 0, 255, 255, 136, 136]);
    }

    #[test]
    fn planes_are_interleaved() {
        assert_eq!(written(vec![&[1, 2], &[3, 4], &[5, 6]], 3, 8, false, 6), [1, 3, 5, 2, 4, 6]);
        let deep: Vec<Vec<u8>> = [[0x0101u16, 0xFFFF], [0, 0x8000]].map(|p| p.map(u16::to_ne_bytes).concat()).to_vec();
        let planes: Vec<&[u8]> = deep.iter().map(Vec::as_slice).collect();
        assert_eq!(written(planes, 2, 16, false, 4), [1, 0, 255, 128]);
        let floats = [0.5f32, -1.0, 7.0, f32::NAN].map(f32::to_ne_bytes).concat();
        assert_eq!(written(vec![&floats], 1, 32, false, 4), [128, 0, 255, 0]);
    }

    #[test]
    fn missing_samples_are_black() {
        assert_eq!(written(vec![&[9]], 1, 8, true, 4), [9, 9, 0, 0]);
        assert_eq!(written(vec![&[9]], 1, 16, false, 2), [0, 0]);
    }

    #[test]
    fn alpha_is_divided_out() {
        let mut pixels = [64, 128, 200, 128, 9, 9, 9, 0];
        unpremultiply(&mut pixels, 4, false);
        assert_eq!(pixels, [128, 255, 255, 128, 0, 0, 0, 0]);
        let mut wide = [10_000u16, 20_000].map(u16::to_ne_bytes).concat();
        unpremultiply(&mut wide, 2, true);
        assert_eq!(wide[..2], 32_768u16.to_ne_bytes());
    }
}
