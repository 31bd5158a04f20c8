use super::counts::{Counts, SYMBOL_END, SYMBOL_ZEROS};
use super::segments::Codes;
use super::tokens::{END_OF_BLOCK, LARGE, LARGE_DIFFERENCE, LAST, MIDDLE, ZEROS};
use super::writer::Writer;
use crate::cpu::{Instructions, Work};

/// What is written for tokens, by the codes of a table.
pub(super) struct Words {
    /// For tokens that stand for all that they say: a code with the bits behind it.
    dc: [Word; 256],
    ac: [Word; 256],
    /// For symbols, whose bits are in the tokens.
    dc_symbols: [Word; 256],
    ac_symbols: [Word; 256],
}

/// Bits, and above the lowest eight bits of the number how many: both in one look-up.
#[derive(Clone, Copy, Default)]
struct Word(u32);

impl Word {
    fn new(bits: u32, count: u32) -> Self {
        Self(bits << 8 | count)
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        self.0 >> 8
    }

    #[inline(always)]
    fn count(self) -> u32 {
        self.0 & 0xFF
    }

    /// The same with some bits behind it: 7 at most, so that all fits.
    fn with(self, bits: u32, count: u32) -> Self {
        Self::new(self.bits() << count | bits, self.count() + count)
    }
}

impl Words {
    pub fn new(codes: &Codes) -> Self {
        let words = |code: [(u16, u8); 256]| code.map(|(bits, count)| Word::new(bits.into(), count.into()));
        let (dc_symbols, ac_symbols) = (words(codes.dc.words()), words(codes.ac.words()));
        let (mut dc, mut ac) = ([Word::default(); 256], [Word::default(); 256]);
        for size in 0..8 {
            for bits in 0..1u32 << size {
                dc[((1 << size) - 1 + bits) as usize] = dc_symbols[size as usize].with(bits, size);
            }
        }
        for run in 0..16u32 {
            for size in 1..4 {
                for bits in 0..1 << size {
                    let word = ac_symbols[(run << 4 | size) as usize].with(bits, size);
                    ac[(((16 + run) << size) - 32 + bits) as usize] = word;
                }
            }
        }
        ac[usize::from(END_OF_BLOCK)] = ac_symbols[usize::from(SYMBOL_END)];
        ac[usize::from(ZEROS)] = ac_symbols[usize::from(SYMBOL_ZEROS)];
        Self { dc, ac, dc_symbols, ac_symbols }
    }
}

/// How many bits all that was counted takes.
pub(super) fn bits(counts: &Counts, codes: &Codes) -> u64 {
    let of = |counts: &[u64; 256], words: [(u16, u8); 256]| -> u64 {
        let sizes = (0..=255u8).map(|symbol| u64::from(symbol & 15));
        counts.iter().zip(words).zip(sizes).map(|((count, (_, length)), size)| count * (u64::from(length) + size)).sum()
    };
    of(&counts.dc, codes.dc.words()) + of(&counts.ac, codes.ac.words())
}

/// Writes the tokens of some MCUs.
pub(super) struct Write<'a> {
    pub tokens: &'a [u8],
    /// The words of each block of an MCU.
    pub words: &'a [&'a Words],
    pub writer: &'a mut Writer,
}

impl Work for Write<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Instructions>(self) {
        let mut tokens = self.tokens;
        while !tokens.is_empty() {
            for words in self.words {
                tokens = block(tokens, words, self.writer);
            }
        }
    }
}

/// Writes a block, and gives the tokens behind it. Ends where the tokens end, which is never within a block.
#[inline(always)]
fn block<'a>(tokens: &'a [u8], words: &Words, writer: &mut Writer) -> &'a [u8] {
    let Some((difference, mut tokens)) = tokens.split_first() else { return tokens };
    if *difference < LARGE_DIFFERENCE {
        put(writer, words.dc[usize::from(*difference)]);
    } else {
        let value;
        (value, tokens) = two(tokens);
        let size = value >> 11;
        put_with(writer, words.dc_symbols[size as usize % 256], value & 0x7FF, size);
    }
    while let Some((token, rest)) = tokens.split_first() {
        tokens = rest;
        match *token {
            0..END_OF_BLOCK | ZEROS => put(writer, words.ac[usize::from(*token)]),
            END_OF_BLOCK => {
                put(writer, words.ac[usize::from(*token)]);
                break;
            }
            MIDDLE..LARGE => {
                let Some((lower, rest)) = tokens.split_first() else { break };
                tokens = rest;
                let number = (u32::from(token - MIDDLE) << 8 | u32::from(*lower)) + 256;
                let size = number.ilog2() - 4;
                let symbol = ((number >> size) - 16) << 4 | size;
                put_with(writer, words.ac_symbols[symbol as usize % 256], number & ((1 << size) - 1), size);
            }
            LARGE => {
                let Some((symbol, rest)) = tokens.split_first() else { break };
                let bits;
                (bits, tokens) = two(rest);
                let word = words.ac_symbols[usize::from(*symbol)];
                put_with(writer, word, bits, u32::from(symbol & 15));
            }
            LAST | 243.. => break,
        }
    }
    tokens
}

#[inline(always)]
fn put(writer: &mut Writer, word: Word) {
    writer.put(word.bits(), word.count());
}

/// A code, and up to 11 bits behind it.
#[inline(always)]
fn put_with(writer: &mut Writer, word: Word, bits: u32, count: u32) {
    writer.put(word.bits() << count | bits, word.count() + count);
}

#[inline(always)]
fn two(tokens: &[u8]) -> (u32, &[u8]) {
    match tokens {
        [low, high, rest @ ..] => (u32::from(*high) << 8 | u32::from(*low), rest),
        _ => (0, &[]),
    }
}
