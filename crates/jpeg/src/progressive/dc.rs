use std::ops::Range;

use super::store::Store;
use crate::Error;
use crate::bits::Bits;
use crate::cpu::Instructions;
use crate::frame::Frame;
use crate::huffman::{Class, Differences};
use crate::scan::Scan;
use crate::source::Source;
use crate::walk::Visitor;

/// Reads DC coefficients, or one bit more of each (ITU-T T.81, sections G.1.2.1 and G.2).
pub(super) struct DcScan<'s, const SLOTS: usize> {
    parts: Vec<DcPart<'s, SLOTS>>,
    low: u32,
    corrupt: bool,
}

struct DcPart<'s, const SLOTS: usize> {
    store: &'s mut Store<SLOTS>,
    /// `None` for a refinement, which has no codes.
    differences: Option<Differences>,
    prediction: i32,
    /// Columns and rows of blocks in a unit.
    blocks: (usize, usize),
}

impl<'s, const SLOTS: usize> DcScan<'s, SLOTS> {
    /// `stores` are those of the scan's parts.
    pub fn new(frame: &Frame, scan: &Scan<'_>, stores: Vec<&'s mut Store<SLOTS>>) -> Result<Self, Error> {
        let mut parts = Vec::with_capacity(stores.len());
        for (part, store) in scan.parts.iter().zip(stores) {
            let differences =
                if scan.refines() { None } else { Some(Differences::new(&scan.table(Class::Dc, part)?)?) };
            parts.push(DcPart { store, differences, prediction: 0, blocks: scan.blocks_of_unit(frame, part) });
        }
        Ok(Self { parts, low: scan.low, corrupt: false })
    }
}

impl<const SLOTS: usize> Visitor for DcScan<'_, SLOTS> {
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
        for column in columns {
            if source.low(&bits) {
                bits = source.advance(bits)?;
            }
            for part in &mut self.parts {
                let (across, down) = part.blocks;
                for y in 0..down {
                    for x in 0..across {
                        let block = part.store.block(column * across + x, row * down + y);
                        if let Some(differences) = &part.differences {
                            let difference = differences.read(&mut bits, &source.window);
                            self.corrupt |= difference.is_none();
                            part.prediction = part.prediction.wrapping_add(difference.unwrap_or(0));
                            block[0] = (part.prediction << self.low) as i16;
                        } else {
                            bits.refill(&source.window);
                            block[0] |= (bits.take(1) << self.low) as i16;
                        }
                    }
                }
            }
        }
        Some(bits)
    }

    fn end_of_row<I: Instructions>(&mut self, _: usize) -> Result<(), Error> {
        Ok(())
    }

    fn corrupt(&self) -> bool {
        self.corrupt
    }
}
