//! Tokens: what a block says, byte by byte, before its codes are known.
//!
//! | token | stands for |
//! | --- | --- |
//! | first of a block | difference of DC of size s < 8 with bits b (ITU-T T.81, section F.1.2.1): 2^s − 1 + b |
//! | 255 | the same of any size, `s << 11 \| b` in the two bytes that follow |
//! | next, below 224 | r zeros, and a coefficient of size s < 4 with bits b (section F.1.2.2): (16 + r)·2^s − 32 + b |
//! | [`END_OF_BLOCK`] | only zeros follow |
//! | [`LAST`] | the block's last coefficient was not 0: nothing is written |
//! | [`ZEROS`] | sixteen zeros |
//! | [`MIDDLE`] and 14 more | r zeros, and a coefficient of size 4 to 7: the lower byte of (16 + r)·2^s − 256 + b follows |
//! | [`LARGE`] | r zeros, and a coefficient of any size: `r << 4 \| s`, and in two bytes b |
//!
//! Every token but [`LAST`], which follows two bits at least, becomes a bit or more for each of its bytes.

/// The first token of a block whose difference is written out.
pub(super) const LARGE_DIFFERENCE: u8 = 255;
pub(super) const END_OF_BLOCK: u8 = 224;
pub(super) const LAST: u8 = 225;
pub(super) const ZEROS: u8 = 226;
pub(super) const MIDDLE: u8 = 227;
pub(super) const LARGE: u8 = 242;

/// Bytes that are allocated, and freed, at once.
const CHUNK: usize = 1 << 16;
/// Bytes of the tokens of a block at most: 3 for the difference, 4 for each coefficient, 1 for its end.
const BLOCK: usize = 3 + 63 * 4 + 1;
/// Blocks of an MCU at most.
const BLOCKS: usize = 6;

/// Bytes in chunks: growing moves nothing, and each is freed when it is done with. No MCU crosses their borders.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    full: Vec<Chunk>,
    last: Option<Chunk>,
}

#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Box<[u8; CHUNK]>,
    used: usize,
}

impl Tokens {
    /// Where the tokens of the next MCU go.
    #[inline(always)]
    pub fn room(&mut self) -> &mut Chunk {
        if self.last.as_ref().is_none_or(|chunk| chunk.used > CHUNK - BLOCKS * BLOCK) {
            self.full.extend(self.last.take());
        }
        self.last.get_or_insert_with(Chunk::new)
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.full.iter().chain(&self.last).map(|chunk| chunk.used as u64).sum()
    }

    /// Chunk by chunk, in order.
    pub fn into_chunks(self) -> impl Iterator<Item = Chunk> {
        self.full.into_iter().chain(self.last)
    }
}

impl Chunk {
    #[allow(clippy::large_stack_arrays, reason = "the length is right, so that no array is made")]
    fn new() -> Self {
        // Made on the heap, of pages that are not touched before they are used.
        let bytes = vec![0; CHUNK].into_boxed_slice().try_into();
        Self { bytes: bytes.unwrap_or_else(|_| Box::new([0; CHUNK])), used: 0 }
    }

    /// There is room for all that an MCU can be: the rest of the address is cut off only for the compiler's sake.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        self.bytes[self.used % CHUNK] = byte;
        self.used += 1;
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.used.min(CHUNK)]
    }
}
