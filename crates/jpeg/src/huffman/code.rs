use super::{Ends, Specification};
use crate::bits::Bits;
use crate::source::WINDOW;

/// Bits of the table for short codes.
const SHORT: u32 = 9;

/// A Huffman code, read one symbol at a time. Short codes come from a table, long ones from the bounds of each length.
pub(crate) struct Code {
    /// Length (above 8 bits) and symbol by the next [`SHORT`] bits; 0 for longer codes.
    short: [u16; 1 << SHORT],
    /// For each length, the first 16 bits that no code up to it begins with.
    bounds: [u32; 17],
    /// For each length, what its codes are more than the places of their symbols.
    offsets: [i32; 17],
    symbols: Vec<u8>,
    ends: Ends,
}

/// An AC coefficient, or what stands in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// This many zeros, and a value that is not 0.
    Value { run: u32, value: i32 },
    /// 16 zeros.
    Zeros,
    /// The rest of the band is 0, here and in as many blocks after this one.
    End { blocks: u32 },
    /// The bits are no code.
    Wrong,
}

impl Code {
    pub fn new(specification: &Specification<'_>, ends: Ends) -> Self {
        let mut this =
            Self { short: [0; 1 << SHORT], bounds: [0; 17], offsets: [0; 17], symbols: Vec::with_capacity(256), ends };
        let mut bound = 0;
        let mut entries = specification.entries().peekable();
        for length in 1..=16 {
            while let Some(entry) = entries.next_if(|entry| entry.length == length) {
                this.offsets[length as usize] = entry.code as i32 - this.symbols.len() as i32;
                this.symbols.push(entry.symbol);
                bound = (entry.code + 1) << (16 - length);
                if length <= SHORT {
                    let first = (entry.code << (SHORT - length)) as usize;
                    let value = (length << 8) as u16 | u16::from(entry.symbol);
                    this.short[first..first + (1 << (SHORT - length))].fill(value);
                }
            }
            this.bounds[length as usize] = bound;
        }
        this
    }

    #[cfg(test)]
    pub fn ends(&self) -> Ends {
        self.ends
    }

    /// Length and symbol of the code that the next bits begin with; a length of 0 if there is none.
    #[inline(always)]
    pub fn peek(&self, bits: &Bits) -> (u32, u32) {
        match u32::from(self.short[bits.peek::<SHORT>()]) {
            0 => self.long(bits.peek::<16>() as u32),
            found => (found >> 8, found & 255),
        }
    }

    #[cold]
    #[inline(never)]
    fn long(&self, next: u32) -> (u32, u32) {
        for length in SHORT + 1..=16 {
            if next < self.bounds[length as usize] {
                let place = (next >> (16 - length)) as i32 - self.offsets[length as usize];
                return self.symbols.get(place as usize).map_or((0, 0), |symbol| (length, u32::from(*symbol)));
            }
        }
        (0, 0)
    }

    /// Reads one AC symbol with the bits that belong to it, 31 at most.
    #[inline(always)]
    pub fn symbol(&self, bits: &mut Bits) -> Symbol {
        let (length, symbol) = self.peek(bits);
        if length == 0 {
            // As much as the longest code, so that reading gets on.
            bits.skip(16);
            return Symbol::Wrong;
        }
        bits.skip(length);
        let (run, size) = (symbol >> 4, symbol & 15);
        match (size, run, self.ends) {
            (0, 15, _) => Symbol::Zeros,
            (0, _, Ends::Block) => Symbol::End { blocks: 0 },
            (0, run, Ends::Band) => Symbol::End { blocks: (1 << run) - 1 + bits.take(run) },
            _ => Symbol::Value { run, value: bits.take_signed(size) },
        }
    }

    /// As [`Self::symbol`], for the rare cases beside a faster table: out of line, with the reader in registers.
    #[inline(always)]
    pub fn rare(&self, mut bits: Bits, window: &[u8; WINDOW]) -> (Bits, Symbol) {
        bits.refill(window);
        let (used, symbol) = self.out_of_line(bits.buffer());
        bits.skip(used);
        (bits, symbol)
    }

    /// The bits that a symbol takes up with those that belong to it, and the symbol.
    #[cold]
    #[inline(never)]
    fn out_of_line(&self, buffer: u64) -> (u32, Symbol) {
        let mut bits = Bits::of(buffer);
        let symbol = self.symbol(&mut bits);
        (bits.used(), symbol)
    }
}
