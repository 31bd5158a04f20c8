use std::ops::Range;

use super::block::{AcTables, read, skip};
use crate::bits::Bits;
use crate::canvas::Canvas;
use crate::cpu::Instructions;
use crate::frame::Frame;
use crate::geometry::Area;
use crate::huffman::{Class, Differences};
use crate::reconstruct::{Dequantiser, block_row};
use crate::scan::Scan;
use crate::source::Source;
use crate::walk::Visitor;
use crate::{Error, zigzag};

/// Reads the units of a scan, and turns each row of them into samples.
pub(super) struct Scanner<'s, 'c, const N: usize, const SLOTS: usize> {
    canvas: &'s mut Canvas<'c>,
    parts: Vec<ScanPart>,
    /// The blocks of a unit.
    blocks: Vec<Block>,
    /// Tables: parts with one of the same number share it, which also keeps it in the processor's cache.
    differences: Vec<Differences>,
    ac: Vec<AcTables>,
    wanted: Area,
    /// The slots of a wanted row's blocks, part after part; those of earlier rows from `next` on.
    coefficients: Vec<i16>,
    /// The column of the next wanted unit of the row.
    next: usize,
    corrupt: bool,
    /// Rows of units whose samples are made.
    done: usize,
}

/// A component of the scan.
struct ScanPart {
    component: usize,
    dequantiser: Dequantiser,
    prediction: i32,
    /// Where its rows of blocks are among the coefficients.
    rows: Vec<Range<usize>>,
}

/// A block of a unit.
struct Block {
    part: usize,
    differences: usize,
    ac: usize,
    /// Where the unit's first wanted block is among the coefficients, and how far it is to the next unit's.
    first: usize,
    step: usize,
}

impl<'s, 'c, const N: usize, const SLOTS: usize> Scanner<'s, 'c, N, SLOTS> {
    /// `wanted` are units of the scan.
    pub fn new(frame: &Frame, scan: &Scan<'_>, wanted: Area, canvas: &'s mut Canvas<'c>) -> Result<Self, Error> {
        let mut this = Self {
            canvas,
            parts: Vec::new(),
            blocks: Vec::new(),
            differences: Vec::new(),
            ac: Vec::new(),
            next: wanted.columns.start,
            wanted,
            coefficients: Vec::new(),
            corrupt: false,
            done: 0,
        };
        let across = this.wanted.columns.len();
        let (mut dc_numbers, mut ac_numbers) = (Vec::new(), Vec::new());
        for (index, part) in scan.parts.iter().enumerate() {
            let (h, v) = scan.blocks_of_unit(frame, part);
            let number = frame.components[part.component].quantisation;
            let steps = scan.quantisation[number].ok_or(Error::Corrupt("a quantisation table is missing"))?;
            let differences = place(&mut dc_numbers, part.table(Class::Dc));
            if differences == this.differences.len() {
                this.differences.push(Differences::new(&scan.table(Class::Dc, part)?)?);
            }
            let ac = place(&mut ac_numbers, part.table(Class::Ac));
            if ac == this.ac.len() {
                this.ac.push(AcTables::new(&scan.table(Class::Ac, part)?, N > 1));
            }
            let row = across * h * SLOTS;
            let start = this.coefficients.len();
            let rows: Vec<_> = (0..v).map(|y| start + y * row..start + (y + 1) * row).collect();
            this.coefficients.resize(start + v * row, 0);
            for rows in &rows {
                this.blocks.extend((0..h).map(|x| Block {
                    part: index,
                    differences,
                    ac,
                    first: rows.start + x * SLOTS,
                    step: h * SLOTS,
                }));
            }
            let dequantiser = Dequantiser::new(&steps, &zigzag::slots(N));
            this.parts.push(ScanPart { component: part.component, dequantiser, prediction: 0, rows });
        }
        Ok(this)
    }
}

/// Bytes of coefficients that a scan of all components holds.
pub(super) fn row_bytes<const SLOTS: usize>(frame: &Frame, area: &Area) -> usize {
    Canvas::bytes(frame, area, 1, true) * SLOTS * size_of::<i16>()
}

/// Where `number` is among `numbers`, to which it is added if it is not there.
fn place(numbers: &mut Vec<usize>, number: usize) -> usize {
    numbers.iter().position(|known| *known == number).unwrap_or_else(|| {
        numbers.push(number);
        numbers.len() - 1
    })
}

impl<const N: usize, const SLOTS: usize> Visitor for Scanner<'_, '_, N, SLOTS> {
    fn restart(&mut self) {
        for part in &mut self.parts {
            part.prediction = 0;
        }
    }

    #[inline(always)]
    fn visit<I: Instructions>(
        &mut self,
        mut bits: Bits,
        source: &mut Source<'_>,
        row: usize,
        columns: Range<usize>,
    ) -> Option<Bits> {
        let row_wanted = self.wanted.rows.contains(&row);
        let mut whole = true;
        if row_wanted {
            self.clear_to(columns.start);
        }
        for column in columns {
            if source.low(&bits) {
                bits = source.advance(bits)?;
            }
            let wanted = row_wanted && self.wanted.columns.contains(&column);
            let place = column.wrapping_sub(self.wanted.columns.start);
            for block in &self.blocks {
                let (differences, ac) = (&self.differences[block.differences], &self.ac[block.ac]);
                let prediction = &mut self.parts[block.part].prediction;
                let first = block.first.wrapping_add(place.wrapping_mul(block.step));
                let slots = self.coefficients.get_mut(first..).and_then(<[i16]>::first_chunk_mut::<SLOTS>);
                whole &= match slots {
                    Some(slots) if wanted => {
                        read::<N, SLOTS>(&mut bits, &source.window, differences, ac, prediction, slots)
                    }
                    _ => {
                        let difference = differences.read(&mut bits, &source.window);
                        *prediction = prediction.wrapping_add(difference.unwrap_or(0));
                        difference.is_some() & skip(&mut bits, &source.window, ac, 1)
                    }
                };
            }
            self.next += usize::from(wanted);
        }
        self.corrupt |= !whole;
        Some(bits)
    }

    #[inline(always)]
    fn end_of_row<I: Instructions>(&mut self, row: usize) -> Result<(), Error> {
        if !self.wanted.rows.contains(&row) {
            return Ok(());
        }
        self.clear_to(usize::MAX);
        self.next = self.wanted.columns.start;
        let row = row - self.wanted.rows.start;
        for part in &self.parts {
            for (y, range) in part.rows.iter().enumerate() {
                let (samples, stride) = self.canvas.blocks(part.component, row * part.rows.len() + y);
                block_row::<I, N>(&self.coefficients[range.clone()], &part.dequantiser, samples, stride);
            }
        }
        self.done = row + 1;
        self.canvas.next_row()
    }

    fn corrupt(&self) -> bool {
        self.corrupt
    }
}

impl<const N: usize, const SLOTS: usize> Scanner<'_, '_, N, SLOTS> {
    /// Makes what has not been read of the row's units before `column` zeros.
    fn clear_to(&mut self, column: usize) {
        let end = column.min(self.wanted.columns.end);
        for column in self.next..end {
            let place = column - self.wanted.columns.start;
            for block in &self.blocks {
                self.coefficients[block.first + place * block.step..][..SLOTS].fill(0);
            }
        }
        self.next = self.next.max(end);
    }

    /// Makes rows grey that have no data.
    pub fn fill(self) -> Result<(), Error> {
        for row in self.done..self.wanted.rows.len() {
            for part in &self.parts {
                for y in 0..part.rows.len() {
                    self.canvas.blocks(part.component, row * part.rows.len() + y).0.fill(128);
                }
            }
            self.canvas.next_row()?;
        }
        Ok(())
    }
}
