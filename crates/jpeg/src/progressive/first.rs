use std::ops::Range;

use super::store::Store;
use crate::Error;
use crate::bits::Bits;
use crate::cpu::Instructions;
use crate::huffman::{Class, Code, Ends, PATTERN_BITS, Patterns, SKIP_BITS, Skips, Symbol, VALUE_BITS, Values};
use crate::scan::Scan;
use crate::source::{Source, WINDOW};
use crate::walk::Visitor;
use crate::zigzag::{SCRATCH, last, slots, wanted};

/// Reads the first scan of a band of AC coefficients (ITU-T T.81, section G.1.2.2).
pub(super) struct FirstScan<'s, const N: usize, const SLOTS: usize> {
    store: &'s mut Store<SLOTS>,
    tables: Tables,
    /// The band's first coefficient, and the one behind its last.
    band: (u32, u32),
    low: u32,
    /// Further blocks whose band is 0.
    empty: u32,
    corrupt: bool,
}

struct Tables {
    code: Code,
    values: Values,
    rest: Rest,
}

/// How unwanted coefficients are passed.
enum Rest {
    Stepped(Skips),
    /// Those that are not 0 are noted.
    Noted(Patterns),
}

impl<'s, const N: usize, const SLOTS: usize> FirstScan<'s, N, SLOTS> {
    pub fn new(scan: &Scan<'_>, store: &'s mut Store<SLOTS>, notes_nonzero: bool) -> Result<Self, Error> {
        let table = scan.table(Class::Ac, &scan.parts[0])?;
        let rest = if notes_nonzero {
            Rest::Noted(Patterns::new(&table))
        } else {
            Rest::Stepped(Skips::new(&table, Ends::Band))
        };
        let (code, values) = (Code::new(&table, Ends::Band), Values::new(&table, Ends::Band));
        let band = (scan.band.0, scan.band.1 + 1);
        Ok(Self { store, tables: Tables { code, values, rest }, band, low: scan.low, empty: 0, corrupt: false })
    }
}

impl<const N: usize, const SLOTS: usize> Visitor for FirstScan<'_, N, SLOTS> {
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
        let mut column = columns.start;
        while column < columns.end {
            if self.empty > 0 {
                let passed = (self.empty as usize).min(columns.end - column);
                self.empty -= passed as u32;
                column += passed;
                continue;
            }
            if source.low(&bits) {
                bits = source.advance(bits)?;
            }
            let mut reading = Reading { next: self.band.0, end: self.band.1, nonzero: 0, empty: 0, corrupt: false };
            if self.store.wants(column, row) {
                let scratch = reading.values::<N>(&mut bits, &source.window, &self.tables, self.low);
                let block = self.store.block(column, row);
                let wanted = const { wanted(N) };
                let slots = const { slots(N) };
                let mut found = reading.nonzero & wanted;
                while found != 0 {
                    let slot = usize::from(slots[found.trailing_zeros() as usize & 63]);
                    if let Some(value) = block.get_mut(slot) {
                        *value = scratch[slot % SCRATCH];
                    }
                    found &= found - 1;
                }
            }
            match &self.tables.rest {
                Rest::Stepped(skips) => reading.step(&mut bits, &source.window, &self.tables.code, skips),
                Rest::Noted(patterns) => {
                    reading.note(&mut bits, &source.window, &self.tables.code, patterns);
                    if reading.nonzero != 0 {
                        let before = self.store.nonzero(column, row);
                        self.store.set_nonzero(column, row, before | reading.nonzero);
                    }
                }
            }
            self.empty = reading.empty;
            self.corrupt |= reading.corrupt;
            column += 1;
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

/// Where the reading of a block's band stands.
struct Reading {
    /// The next coefficient; `end` if the band is read.
    next: u32,
    end: u32,
    /// Coefficients that are not 0, by zigzag index.
    nonzero: u64,
    /// Further blocks whose band is 0.
    empty: u32,
    corrupt: bool,
}

impl Reading {
    /// Reads the coefficients that a reduction to N×N keeps, into their slots, times 2^`low`.
    #[inline(always)]
    fn values<const N: usize>(
        &mut self,
        bits: &mut Bits,
        window: &[u8; WINDOW],
        tables: &Tables,
        low: u32,
    ) -> [i16; SCRATCH] {
        let slots = const { slots(N) };
        let mut scratch = [0; SCRATCH];
        let stop = const { last(N) + 1 }.min(self.end);
        while self.next < stop {
            bits.refill(window);
            let pair = tables.values.get(bits.peek::<VALUE_BITS>());
            let ((first, one), (second, two)) = (pair.first(), pair.second());
            let after = self.next + second % 64;
            if after >= self.end {
                // A long code, whose second place is beyond any end, or a pair that reaches into the next block.
                if let Some((place, value)) = self.rare(bits, window, &tables.code) {
                    scratch[usize::from(slots[place as usize & 63]) % SCRATCH] = (value << low) as i16;
                }
                continue;
            }
            bits.skip_by(pair.entry());
            let mut store = |place: u32, value: i16| {
                scratch[usize::from(slots[place as usize & 63]) % SCRATCH] = value << low;
                self.nonzero |= u64::from(value != 0) << (place & 63);
            };
            store(self.next + second - 1, two);
            store(self.next + first - 1, one);
            self.next = if second >= 64 { self.end } else { after };
        }
        scratch
    }

    /// Steps over the rest of the band.
    #[inline(always)]
    fn step(&mut self, bits: &mut Bits, window: &[u8; WINDOW], code: &Code, skips: &Skips) {
        while self.next < self.end {
            bits.refill(window);
            let (entry, passed) = skips.get(bits.peek::<SKIP_BITS>());
            if !self.pass(bits, entry, passed) {
                self.rare(bits, window, code);
            }
        }
    }

    /// Steps over the rest of the band, and notes what is not 0.
    #[inline(always)]
    fn note(&mut self, bits: &mut Bits, window: &[u8; WINDOW], code: &Code, patterns: &Patterns) {
        while self.next < self.end {
            bits.refill(window);
            let pattern = patterns.get(bits.peek::<PATTERN_BITS>());
            let here = u64::from(pattern.nonzero) << (self.next & 63);
            if self.pass(bits, pattern.bits.into(), pattern.passed.into()) {
                self.nonzero |= here;
            } else {
                self.rare(bits, window, code);
            }
        }
    }

    /// Takes an entry of [`Skips`] or [`Patterns`] if it stays within the band.
    #[inline(always)]
    fn pass(&mut self, bits: &mut Bits, entry: u32, passed: u32) -> bool {
        let after = self.next + passed;
        if after <= self.end {
            bits.skip_by(entry);
            self.next = after;
            true
        } else if (Skips::END..Skips::END + self.end).contains(&after) {
            bits.skip_by(entry);
            self.next = self.end;
            true
        } else {
            false
        }
    }

    /// Reads one symbol; gives the place and value of a coefficient.
    #[inline(always)]
    fn rare(&mut self, bits: &mut Bits, window: &[u8; WINDOW], code: &Code) -> Option<(u32, i32)> {
        let (moved, symbol) = code.rare(*bits, window);
        *bits = moved;
        match symbol {
            Symbol::Value { run, value } if self.next + run < self.end => {
                let place = self.next + run;
                self.nonzero |= 1 << (place & 63);
                self.next = place + 1;
                return Some((place, value));
            }
            Symbol::Zeros if self.next + 16 <= self.end => self.next += 16,
            Symbol::End { blocks } => {
                self.empty = blocks;
                self.next = self.end;
            }
            _ => {
                self.corrupt = true;
                self.next = self.end;
            }
        }
        None
    }
}
