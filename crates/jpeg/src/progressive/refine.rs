use std::ops::Range;

use super::store::Store;
use crate::Error;
use crate::bits::Bits;
use crate::cpu::Instructions;
use crate::huffman::{Class, Code, Ends};
use crate::scan::Scan;
use crate::source::{Source, WINDOW};
use crate::walk::Visitor;
use crate::zigzag::{last, slots};

/// Reads one bit more of a band of AC coefficients (ITU-T T.81, section G.1.2.3).
pub(super) struct RefiningScan<'s, const N: usize, const SLOTS: usize> {
    store: &'s mut Store<SLOTS>,
    code: Code,
    /// The band's coefficients, as bits.
    band: u64,
    /// The bit that is read, as a coefficient.
    bit: i16,
    notes_nonzero: bool,
    /// Further blocks in which no coefficient becomes other than 0.
    empty: u32,
    corrupt: bool,
}

impl<'s, const N: usize, const SLOTS: usize> RefiningScan<'s, N, SLOTS> {
    pub fn new(scan: &Scan<'_>, store: &'s mut Store<SLOTS>, notes_nonzero: bool) -> Result<Self, Error> {
        Ok(Self {
            store,
            code: Code::new(&scan.table(Class::Ac, &scan.parts[0])?, Ends::Band),
            band: (u64::MAX >> (63 - scan.band.1)) & (u64::MAX << scan.band.0),
            bit: 1 << scan.low,
            notes_nonzero,
            empty: 0,
            corrupt: false,
        })
    }
}

impl<const N: usize, const SLOTS: usize> Visitor for RefiningScan<'_, N, SLOTS> {
    fn restart(&mut self) {
        self.empty = 0;
    }

    #[inline(always)]
    fn visit<I: Instructions>(
        &mut self,
        mut bits: Bits,
        source: &mut Source<'_>,
        row: usize,
        columns: Range<usize>,
    ) -> Option<Bits> {
        let slots = const { slots(N) };
        for column in columns {
            if source.low(&bits) {
                bits = source.advance(bits)?;
            }
            let before = self.store.nonzero(column, row);
            let mut nonzero = before;
            let block = self.store.block(column, row);
            // Coefficients that have not been passed yet.
            let mut rest = self.band;
            if self.empty > 0 {
                self.empty -= 1;
                correct::<N>(&mut bits, &source.window, nonzero & rest, block, self.bit);
                continue;
            }
            while rest != 0 {
                bits.refill(&source.window);
                let (length, symbol) = self.code.peek(&bits);
                if length == 0 {
                    bits.skip(16);
                    self.corrupt = true;
                    break;
                }
                bits.skip(length);
                let (run, size) = (symbol >> 4, symbol & 15);
                if size == 0 && run < 15 {
                    self.empty = (1 << run) - 1 + bits.take(run);
                    correct::<N>(&mut bits, &source.window, nonzero & rest, block, self.bit);
                    break;
                }
                let value = if size > 0 && bits.take(1) == 0 { -self.bit } else { self.bit };
                // The coefficient behind `run` of those that are still 0; the others on the way to it get their bit.
                let stop = I::nth_set(!nonzero & rest, run);
                let passed = if stop == 0 { rest } else { rest & (stop - 1) };
                correct::<N>(&mut bits, &source.window, nonzero & passed, block, self.bit);
                rest &= !(passed | stop);
                if size > 0 {
                    self.corrupt |= stop == 0;
                    nonzero |= stop;
                    let slot = slots[stop.trailing_zeros() as usize & 63];
                    if let (true, Some(coefficient)) = (stop != 0, block.get_mut(usize::from(slot))) {
                        *coefficient = value;
                    }
                }
            }
            if self.notes_nonzero && nonzero != before {
                self.store.set_nonzero(column, row, nonzero);
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

/// Reads one bit for each of the coefficients that are not 0, and changes those that a reduction to N×N keeps.
#[inline(always)]
fn correct<const N: usize>(bits: &mut Bits, window: &[u8; WINDOW], nonzero: u64, block: &mut [i16], bit: i16) {
    if nonzero == 0 {
        return;
    }
    let slots = const { slots(N) };
    let mut count = nonzero.count_ones();
    bits.refill(window);
    // There are bits for all of these, 51 at most of 6×6; behind the 24 at most that are kept of 4×4, for 32 more.
    let mut kept = nonzero & const { u64::MAX >> (63 - last(N)) };
    while kept != 0 {
        if const { last(N) >= 56 } {
            bits.refill(window);
        }
        let place = kept.trailing_zeros() as usize & 63;
        kept &= kept - 1;
        count -= 1;
        if bits.take(1) == 1
            && let Some(value) = block.get_mut(usize::from(slots[place]))
            && *value & bit == 0
        {
            *value = if *value < 0 { value.wrapping_sub(bit) } else { value.wrapping_add(bit) };
        }
    }
    if const { last(N) > 24 } {
        bits.refill(window);
    }
    if count > 32 {
        bits.skip(32);
        bits.refill(window);
        count -= 32;
    }
    bits.skip(count);
}
