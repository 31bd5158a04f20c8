//! Decoded samples as planes of 8 bits, full range.

use lightmill_recipe::{Format, Size};

use super::decoder::{Decoded, Samples};
use crate::{Error, Plane, Subsampling};

/// What all tiles of a picture have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub bits: u8,
    /// `None` for luma only.
    pub subsampling: Option<Subsampling>,
    pub full_range: bool,
    /// Whether the second and third planes are colours too, and not differences (the identity matrix).
    pub identity: bool,
}

/// The planes of a picture that is put together from tiles.
pub(super) struct Planes {
    kind: Kind,
    planes: Vec<Plane>,
    /// For luma and chroma; empty if samples are taken as they are.
    tables: [Vec<u8>; 2],
}

impl Planes {
    /// One plane, or three, for a picture of `size`.
    pub fn new(size: Size, kind: Kind) -> Self {
        let chroma = kind.subsampling.map(|subsampling| Plane::filled(subsampling.chroma(size), 1, 0));
        let planes = [Some(Plane::filled(size, 1, 0)), chroma.clone(), chroma].into_iter().flatten().collect();
        let as_it_is = kind.bits == 8 && kind.full_range;
        let table =
            |table: fn(u8, bool) -> Vec<u8>| if as_it_is { Vec::new() } else { table(kind.bits, kind.full_range) };
        let tables = [table(luma_table), table(if kind.identity { luma_table } else { chroma_table })];
        Self { kind, planes, tables }
    }

    /// Copies a tile to its place; what lies beyond the edges is left out.
    pub fn put(&mut self, tile: &Decoded<'_>, (left, top): (u32, u32)) -> Result<(), Error> {
        if (tile.bits(), tile.subsampling()) != (self.kind.bits, self.kind.subsampling) {
            return Err(Error::corrupt(Format::Avif, "tiles of different kinds"));
        }
        let whole = Subsampling::S444;
        for (index, plane) in self.planes.iter_mut().enumerate() {
            let subsampling = if index == 0 { whole } else { self.kind.subsampling.unwrap_or(whole) };
            let (across, down) = (u32::from(subsampling.horizontal), u32::from(subsampling.vertical));
            if !left.is_multiple_of(across) || !top.is_multiple_of(down) {
                return Err(Error::unsupported("AVIF with tiles that split a chroma sample"));
            }
            let (left, top) = ((left / across) as usize, top / down);
            let height = subsampling.chroma(tile.size()).height.min(plane.size.height.saturating_sub(top));
            let table = self.tables[usize::from(index > 0)].as_slice();
            for y in 0..height {
                let target = plane.row_mut(top + y, 1).get_mut(left..).unwrap_or_default();
                narrow(tile.row(index, y), table, target);
            }
        }
        Ok(())
    }

    /// The finished planes: one, or three.
    pub fn finish(self) -> Vec<Plane> {
        self.planes
    }
}

/// As many samples as both have, by the table if it has entries.
fn narrow(samples: Samples<'_>, table: &[u8], target: &mut [u8]) {
    match samples {
        Samples::Eight(samples) if table.is_empty() => {
            let length = samples.len().min(target.len());
            target[..length].copy_from_slice(&samples[..length]);
        }
        Samples::Eight(samples) => {
            target.iter_mut().zip(samples).for_each(|(target, sample)| *target = table[usize::from(*sample)]);
        }
        Samples::Sixteen(samples) => {
            let last = table.len() - 1;
            target.iter_mut().zip(samples).for_each(|(target, v)| *target = table[usize::from(*v).min(last)]);
        }
    }
}

/// Samples of `bits` to full-range luma of 8 bits (ITU-T H.273, section 8.3: limited range is 219 steps above 16).
fn luma_table(bits: u8, full_range: bool) -> Vec<u8> {
    let (unit, top) = (1 << (bits - 8), (1 << bits) - 1);
    let (black, range) = if full_range { (0, top) } else { (16 * unit, 219 * unit) };
    (0..=top).map(|v| rounded(f64::from(v - black) * 255.0 / f64::from(range))).collect()
}

/// Samples of `bits` to full-range chroma of 8 bits around 128 (as above: 224 steps around 128).
fn chroma_table(bits: u8, full_range: bool) -> Vec<u8> {
    let (unit, top) = (1 << (bits - 8), (1 << bits) - 1);
    let range = if full_range { top } else { 224 * unit };
    (0..=top).map(|v| rounded(128.0 + f64::from(v - 128 * unit) * 255.0 / f64::from(range))).collect()
}

/// To the nearest, bounded to 0 to 255 by the cast.
fn rounded(value: f64) -> u8 {
    value.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_middles() {
        for bits in [8, 10, 12] {
            let at = |table: &[u8], of_8_bits: usize| table[of_8_bits << (bits - 8)];
            let luma = luma_table(bits, false);
            assert_eq!([0, 16, 235, 255].map(|v| at(&luma, v)), [0, 0, 255, 255]);
            let chroma = chroma_table(bits, false);
            assert_eq!([16, 128, 240].map(|v| at(&chroma, v)), [1, 128, 255]);
            let full = luma_table(bits, true);
            assert_eq!((full[0], full.last(), full.len()), (0, Some(&255), 1 << bits));
            assert_eq!(at(&chroma_table(bits, true), 128), 128);
        }
    }

    #[test]
    fn rows_are_cut_at_the_edge() {
        let mut target = [9; 3];
        narrow(Samples::Eight(&[1, 2, 3, 4]), &[], &mut target[..2]);
        assert_eq!(target, [1, 2, 9]);
        narrow(Samples::Sixteen(&[0, 1023, 9999]), &luma_table(10, true), &mut target);
        assert_eq!(target, [0, 255, 255]);
    }
}
