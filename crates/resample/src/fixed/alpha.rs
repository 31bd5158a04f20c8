//! Pixels of four samples, mixed premultiplied: rows become lines, which are mixed down and across. Where all rows are
//! opaque they are mixed as they are, which gives the same bytes.

use super::pairs::{Pairs, round};
use super::rows::most_of_two;
use super::{premultiply, unpremultiply};
use crate::flow::{Kernels, Mixer};
use crate::ring::Ring;
use crate::{Path, Samples};

/// Mixes the pixels of a whole picture.
pub struct Alpha<'a> {
    path: Path,
    source: Samples<'a>,
    /// Of every source row so far.
    kinds: Vec<Kind>,
    /// Those that became lines.
    lines: Ring<i16>,
    pairs: Pairs,
}

/// What is known of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All of it can be seen through, or it has no pixels.
    Clear,
    Opaque,
    Mixed,
    /// It became a line.
    Line,
}

impl Kind {
    /// Pixels between two looks whether more need be seen.
    const GLANCE: usize = 64;

    fn of(row: &[u8]) -> Self {
        let (mut every, mut some) = (u32::MAX, 0);
        for pixels in row.as_chunks::<4>().0.chunks(Self::GLANCE) {
            for pixel in pixels {
                every &= u32::from_ne_bytes(*pixel);
                some |= u32::from_ne_bytes(*pixel);
            }
            if every.to_ne_bytes()[3] != 255 && some.to_ne_bytes()[3] != 0 {
                return Self::Mixed;
            }
        }
        if some.to_ne_bytes()[3] == 0 { Self::Clear } else { Self::Opaque }
    }
}

impl<'a> Alpha<'a> {
    pub fn new(path: Path, source: Samples<'a>, kernels: Kernels<'_>) -> Self {
        let length = kernels.across.source() as usize * 4;
        Self {
            path,
            source,
            kinds: vec![Kind::Clear; source.height as usize],
            lines: Ring::new(most_of_two(kernels), length),
            pairs: Pairs::new(path, 4, kernels),
        }
    }
}

impl Mixer for Alpha<'_> {
    fn group(&self) -> usize {
        2
    }

    fn take(&mut self, _: Kernels<'_>, y: usize, row: &[u8]) {
        self.kinds[y] = Kind::of(row);
    }

    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]) {
        let last = (y + 1).min(kernels.down.result() as usize - 1);
        let rows = kernels.down.start(y)..kernels.end(last);
        let all = |kind| self.kinds[rows.clone()].iter().all(|found| *found == kind);
        if all(Kind::Clear) {
            return to.fill(0);
        }
        if all(Kind::Opaque) {
            let mixed = self.pairs.mix(kernels, y, |y| self.source.row(y, 1));
            return to.chunks_exact_mut(mixed[0].len()).zip(mixed).for_each(|(to, mixed)| round(mixed, to));
        }
        for y in rows {
            if self.kinds[y] != Kind::Line {
                premultiply(self.path, self.source.row(y, 1), self.lines.row_mut(y));
                self.kinds[y] = Kind::Line;
            }
        }
        let mixed = self.pairs.mix(kernels, y, |y| self.lines.row(y));
        to.chunks_exact_mut(mixed[0].len()).zip(mixed).for_each(|(to, mixed)| unpremultiply(self.path, mixed, to));
    }
}
