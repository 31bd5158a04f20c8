use crate::source::WINDOW;

/// A reader of bits, the first one on top. It is copied into and out of functions, so that it lives in registers.
///
/// After [`Bits::refill`] at least 56 bits are there; no more may be read before the next one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bits {
    buffer: u64,
    /// Bits of `buffer` that count. Those below may be set: they are what the next refill puts there again.
    count: u32,
    /// Bytes of the window that are in `buffer`.
    at: usize,
}

impl Bits {
    /// Tops the buffer up without a branch on its state.
    #[inline(always)]
    pub fn refill(&mut self, window: &[u8; WINDOW]) {
        // A source keeps room behind each MCU, so that there are always bytes.
        if let Some(bytes) = window.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            self.buffer |= u64::from_be_bytes(*bytes) >> self.count;
            self.at += ((63 - self.count) >> 3) as usize;
            // 56 to 63, as it stands.
            self.count |= 0b11_1000;
        }
    }

    /// The next `COUNT` bits, 1 to 56.
    #[inline(always)]
    pub fn peek<const COUNT: u32>(&self) -> usize {
        (self.buffer >> (64 - COUNT)) as usize
    }

    /// Steps over `count` bits.
    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.buffer <<= count & 63;
        self.count = self.count.wrapping_sub(count);
    }

    /// Steps over as many bits as the low 6 bits of a table's entry say. The processor's shift looks at no others, so
    /// that none need be cleared between the look-up and the next one.
    #[inline(always)]
    pub fn skip_by(&mut self, entry: u32) {
        self.buffer <<= entry & 63;
        self.count = self.count.wrapping_sub(entry & 63);
    }

    /// The next `count` bits, 0 to 16, as a number.
    #[inline(always)]
    pub fn take(&mut self, count: u32) -> u32 {
        let value = (self.buffer >> 1 >> (63 - (count & 31))) as u32;
        self.skip(count);
        value
    }

    /// A value of `size` bits, 0 to 15, whose sign is in its first bit (ITU-T T.81, section F.2.2.1, EXTEND).
    #[inline(always)]
    pub fn take_signed(&mut self, size: u32) -> i32 {
        let raw = self.take(size) as i32;
        extend(raw, size)
    }

    /// Bytes of the window that have been loaded, at most 8 more than have been used up.
    #[inline(always)]
    pub fn loaded(&self) -> usize {
        self.at
    }

    /// Whether more than the first `bytes` of the window have been used up.
    pub fn beyond(&self, bytes: usize) -> bool {
        self.at * 8 > bytes * 8 + self.count as usize
    }

    /// What has been loaded, the next bit on top.
    #[inline(always)]
    pub fn buffer(&self) -> u64 {
        self.buffer
    }

    /// A reader of 56 bits and no more.
    #[inline(always)]
    pub fn of(buffer: u64) -> Self {
        Self { buffer, count: 56, at: 0 }
    }

    /// Bits that were read from [`Self::of`].
    #[inline(always)]
    pub fn used(&self) -> u32 {
        56 - self.count
    }

    /// The same reader after its window's bytes from [`Self::loaded`] on moved to the front.
    pub fn at_front(self) -> Self {
        Self { at: 0, ..self }
    }
}

/// The value that `raw` of `size` bits stands for: without its leading 1 it is negative.
#[inline(always)]
pub(crate) fn extend(raw: i32, size: u32) -> i32 {
    let negative = raw < (1 << size) >> 1;
    raw + if negative { (-1 << size) + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order() {
        let mut window = [0; WINDOW];
        window[..16].copy_from_slice(b"\x81\x02\x83\x04\x85\x06\x87\x08\x89\x0A\x8B\x0C\x8D\x0E\x8F\x10");
        let whole = u128::from_be_bytes(window[..16].try_into().unwrap());
        for step in 1..=13 {
            let mut bits = Bits::default();
            let mut read = 0;
            while read + step <= 128 {
                bits.refill(&window);
                let expected = (whole << read >> (128 - step)) as u32;
                assert_eq!(bits.take(step), expected, "{step} at {read}");
                read += step;
            }
            assert!(bits.beyond(read as usize / 8 - 1) && !bits.beyond(16));
        }
    }

    #[test]
    fn signs() {
        let values: Vec<i32> = (0..8).map(|raw| extend(raw, 3)).collect();
        assert_eq!(values, [-7, -6, -5, -4, 4, 5, 6, 7]);
        assert_eq!((extend(0, 0), extend(0, 1), extend(1, 1), extend(0, 15)), (0, -1, 1, -32767));
    }
}
