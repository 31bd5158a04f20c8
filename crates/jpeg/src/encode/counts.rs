use super::forward::Block;
use super::tokens::{Chunk, END_OF_BLOCK, LARGE, LARGE_DIFFERENCE, LAST, MIDDLE, ZEROS};

/// How often each symbol is written, with the DC and the AC code of a table (ITU-T T.81, sections F.1.2.1 and F.1.2.2).
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub dc: [u64; 256],
    pub ac: [u64; 256],
}

impl Default for Counts {
    fn default() -> Self {
        Self { dc: [0; 256], ac: [0; 256] }
    }
}

/// The symbols of the AC code without a coefficient.
pub(super) const SYMBOL_END: u8 = 0x00;
pub(super) const SYMBOL_ZEROS: u8 = 0xF0;

impl Counts {
    /// Adds the tokens of a block, of which `set` says what is not 0, and counts what they stand for. `before` is the DC
    /// of the block before it.
    #[inline(always)]
    pub fn block(&mut self, block: &Block, set: u64, before: &mut i16, tokens: &mut Chunk) {
        let (size, bits) = magnitude(i32::from(block[0]) - i32::from(*before));
        *before = block[0];
        self.dc[size as usize] += 1;
        if size < 8 {
            tokens.push(((1 << size) - 1 + bits) as u8);
        } else {
            tokens.push(LARGE_DIFFERENCE);
            push_two(tokens, size << 11 | bits);
        }
        let mut set = set & !1;
        let mut before = 0;
        while set != 0 {
            let k = set.trailing_zeros();
            set &= set - 1;
            let mut run = k - before - 1;
            before = k;
            while run > 15 {
                self.ac[usize::from(SYMBOL_ZEROS)] += 1;
                tokens.push(ZEROS);
                run -= 16;
            }
            let (size, bits) = magnitude(block[k as usize % 64].into());
            let symbol = run << 4 | size;
            self.ac[symbol as usize % 256] += 1;
            if size < 4 {
                tokens.push((((16 + run) << size) + bits - 32) as u8);
            } else if size < 8 {
                let number = ((16 + run) << size) + bits - 256;
                tokens.push(MIDDLE + (number >> 8) as u8);
                tokens.push(number as u8);
            } else {
                tokens.push(LARGE);
                tokens.push(symbol as u8);
                push_two(tokens, bits);
            }
        }
        if before < 63 {
            self.ac[usize::from(SYMBOL_END)] += 1;
            tokens.push(END_OF_BLOCK);
        } else {
            tokens.push(LAST);
        }
    }

    /// Adds the tokens of a block outside of the picture, which nobody sees: the shortest there are, for the DC of the
    /// block before it and nothing else.
    #[inline(always)]
    pub fn unseen(&mut self, tokens: &mut Chunk) {
        self.dc[0] += 1;
        self.ac[usize::from(SYMBOL_END)] += 1;
        tokens.push(0);
        tokens.push(END_OF_BLOCK);
    }
}

#[inline(always)]
fn push_two(tokens: &mut Chunk, value: u32) {
    tokens.push(value as u8);
    tokens.push((value >> 8) as u8);
}

/// The size of a number, and its bits: those of a negative one are those of the number below (table F.1).
#[inline(always)]
fn magnitude(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    // -1 for negative numbers.
    let below = value >> 31;
    (size, (value + below) as u32 & ((1 << size) - 1))
}
