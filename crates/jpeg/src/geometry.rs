use std::ops::Range;

use crate::frame::{Component, Frame};
use crate::output::Plane;
use crate::{Error, Limits, Options, Rect};

/// A rectangle of MCUs, of blocks, or of whatever a scan consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    pub columns: Range<usize>,
    pub rows: Range<usize>,
}

impl Area {
    /// All interleaved MCUs that meet the wanted region.
    pub fn of(frame: &Frame, options: &Options<'_>) -> Result<Self, Error> {
        let n = options.scale.block();
        let (across, down) = frame.mcus();
        let Some(Rect { x, y, width, height }) = options.region else {
            return Ok(Self { columns: 0..across, rows: 0..down });
        };
        let range = |start: u32, length: u32, whole: usize, factor: usize| {
            let (start, length) = (start as usize, length as usize);
            let inside = length > 0 && start + length <= (whole * n).div_ceil(8);
            inside.then(|| start / (n * factor)..(start + length).div_ceil(n * factor)).ok_or(Error::Region)
        };
        Ok(Self {
            columns: range(x, width, frame.width, frame.largest.0)?,
            rows: range(y, height, frame.height, frame.largest.1)?,
        })
    }

    /// The blocks of a component in this area of MCUs, also those beyond the picture's edge.
    pub fn blocks(&self, component: &Component) -> Self {
        let (h, v) = (component.horizontal, component.vertical);
        Self { columns: self.columns.start * h..self.columns.end * h, rows: self.rows.start * v..self.rows.end * v }
    }

    /// The part that has no more than so many columns and rows.
    pub fn within(&self, (columns, rows): (usize, usize)) -> Self {
        let cut = |range: &Range<usize>, end: usize| range.start.min(end)..range.end.min(end);
        Self { columns: cut(&self.columns, columns), rows: cut(&self.rows, rows) }
    }

    /// One of its rows, counted from its first.
    pub fn row(&self, row: usize) -> Self {
        let row = self.rows.start + row;
        Self { columns: self.columns.clone(), rows: row..row + 1 }
    }

    pub fn count(&self) -> usize {
        self.columns.len() * self.rows.len()
    }
}

/// A plane of `component` for the MCUs of `area`, with rows for whole blocks; its samples are 0. Blocks are n×n.
pub(crate) fn plane(frame: &Frame, component: &Component, area: &Area, n: usize) -> Plane {
    let blocks = area.blocks(component);
    let (x, width) = extent(&blocks.columns, frame.width, component.horizontal, frame.largest.0, n);
    let (y, height) = extent(&blocks.rows, frame.height, component.vertical, frame.largest.1, n);
    Plane {
        width,
        height,
        x,
        y,
        stride: blocks.columns.len() * n,
        data: vec![0; blocks.count() * n * n],
        sampling: component.sampling(),
    }
}

/// Where the samples of blocks start, and how many of them are within the picture's side of `whole` pixels.
pub(crate) fn extent(blocks: &Range<usize>, whole: usize, factor: usize, largest: usize, n: usize) -> (u32, u32) {
    let end = (whole * factor * n).div_ceil(8 * largest).min(blocks.end * n);
    let start = blocks.start * n;
    (start as u32, (end - start) as u32)
}

/// Refuses what is too large: pixels, and bytes that are held.
pub(crate) fn check(frame: &Frame, limits: &Limits, bytes: usize) -> Result<(), Error> {
    let below = |limit, actual: usize, allowed| {
        let actual = actual as u64;
        if actual > allowed { Err(Error::Limit { limit, actual, allowed }) } else { Ok(()) }
    };
    below("pixels", frame.width * frame.height, limits.pixels)?;
    below("memory_bytes", bytes, limits.memory_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scale;

    #[test]
    fn regions_grow_to_whole_mcus() {
        // 4:2:0 of 33×17: 3×2 MCUs; a quarter is 9×5 samples of luma.
        let frame = Frame::read(0xC0, &[8, 0, 17, 0, 33, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]).unwrap();
        let area = |x, y, width, height| {
            let region = Some(Rect { x, y, width, height });
            Area::of(&frame, &Options { scale: Scale::Quarter, region, ..Options::default() })
        };
        assert_eq!(area(0, 0, 9, 5).unwrap(), Area { columns: 0..3, rows: 0..2 });
        assert_eq!(area(4, 3, 1, 1).unwrap(), Area { columns: 1..2, rows: 0..1 });
        for (x, y, width, height) in [(0, 0, 10, 1), (0, 0, 0, 1), (8, 5, 1, 1), (u32::MAX, 0, u32::MAX, 1)] {
            assert_eq!(area(x, y, width, height), Err(Error::Region));
        }
        let area = area(5, 1, 4, 4).unwrap();
        let luma = plane(&frame, &frame.components[0], &area, 2);
        let chroma = plane(&frame, &frame.components[1], &area, 2);
        assert_eq!((luma.x, luma.y, luma.width, luma.height, luma.stride, luma.data.len()), (4, 0, 5, 5, 8, 64));
        assert_eq!((chroma.x, chroma.y, chroma.width, chroma.height, chroma.stride), (2, 0, 3, 3, 4));
    }
}
