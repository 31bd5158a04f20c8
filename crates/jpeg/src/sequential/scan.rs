use std::ops::Range;

use super::block::{AcTables, read, skip};
use crate::bits::Bits;
use crate::cpu::Instructions;
use crate::frame::Frame;
use crate::geometry::Area;
use crate::huffman::{Class, Differences};
use crate::output::Plane;
use crate::reconstruct::{Dequantiser, block_row};
use crate::scan::Scan;
use crate::source::Source;
use crate::walk::Visitor;
use crate::{Error, zigzag};

/// Reads the units of a scan, and turns each row of them into samples.
pub(super) struct Scanner<'p, const N: usize, const SLOTS: usize> {
    parts: Vec<PlanePart<'p>>,
    /// The blocks of a unit.
    blocks: Vec<Block>,
    /// Tables: parts with one of the same number share it, which also keeps it in the processor's cache.
    differences: Vec<Differences>,
    ac: Vec<AcTables>,
    wanted: Area,
    /// The slots of a wanted row's blocks, part after part.
    coefficients: Vec<i16>,
    corrupt: bool,
    /// Rows of units that are in the planes.
    pub done: usize,
}

/// A component of the scan.
struct PlanePart<'p> {
    plane: &'p mut Plane,
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

impl<'p, const N: usize, const SLOTS: usize> Scanner<'p, N, SLOTS> {
    pub fn new(frame: &Frame, scan: &Scan<'_>, wanted: Area, planes: Vec<&'p mut Plane>) -> Result<Self, Error> {
        let mut this = Self {
            parts: Vec::new(),
            blocks: Vec::new(),
            differences: Vec::new(),
            ac: Vec::new(),
            wanted,
            coefficients: Vec::new(),
            corrupt: false,
            done: 0,
        };
        let across = this.wanted.columns.len();
        let (mut dc_numbers, mut ac_numbers) = (Vec::new(), Vec::new());
        for (index, (part, plane)) in scan.parts.iter().zip(planes).enumerate() {
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
            this.parts.push(PlanePart { plane, dequantiser, prediction: 0, rows });
        }
        Ok(this)
    }
}

/// Where `number` is among `numbers`, to which it is added if it is not there.
fn place(numbers: &mut Vec<usize>, number: usize) -> usize {
    numbers.iter().position(|known| *known == number).unwrap_or_else(|| {
        numbers.push(number);
        numbers.len() - 1
    })
}

impl<const N: usize, const SLOTS: usize> Visitor for Scanner<'_, N, SLOTS> {
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
        }
        self.corrupt |= !whole;
        Some(bits)
    }

    #[inline(always)]
    fn end_of_row<I: Instructions>(&mut self, row: usize) {
        if !self.wanted.rows.contains(&row) {
            return;
        }
        let row = row - self.wanted.rows.start;
        for part in &mut self.parts {
            let stride = part.plane.stride;
            let tall = N * stride;
            for (y, range) in part.rows.iter().enumerate() {
                let first = (row * part.rows.len() + y) * tall;
                let samples = &mut part.plane.data[first..first + tall];
                block_row::<I, N>(&self.coefficients[range.clone()], &part.dequantiser, samples, stride);
            }
        }
        self.coefficients.fill(0);
        self.done = row + 1;
    }

    fn corrupt(&self) -> bool {
        self.corrupt
    }
}

impl<const N: usize, const SLOTS: usize> Scanner<'_, N, SLOTS> {
    /// Makes rows grey that have no data.
    pub fn fill(&mut self) {
        for part in &mut self.parts {
            let first = self.done * part.rows.len() * N * part.plane.stride;
            if let Some(rest) = part.plane.data.get_mut(first..) {
                rest.fill(128);
            }
        }
    }
}
