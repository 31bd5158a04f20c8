/// Bytes that are written at once.
const WORD: usize = 8;

/// Puts codes together, the first one's first bit highest, and stuffs a zero behind every byte of only ones
/// (ITU-T T.81, section F.1.2.3).
#[derive(Debug)]
pub(super) struct Writer {
    output: Vec<u8>,
    /// The bits that are not written yet, at the lower end.
    waiting: u64,
    /// How many more bits there is room for.
    free: u32,
}

impl Writer {
    /// Goes on behind `output`.
    pub fn new(output: Vec<u8>) -> Self {
        Self { output, waiting: 0, free: u64::BITS }
    }

    /// Adds the lower `count` bits of `bits`, whose others are 0; 32 at most.
    #[inline(always)]
    pub fn put(&mut self, bits: u32, count: u32) {
        let bits = u64::from(bits);
        if count <= self.free {
            // With all of 64 bits free nothing waits, and the shift is below 64.
            self.waiting = self.waiting << count | bits;
            self.free -= count;
        } else {
            let rest = count - self.free;
            self.word(self.waiting << self.free | bits >> rest);
            // Bits that were written are shifted out before they are written again.
            self.waiting = bits;
            self.free = u64::BITS - rest;
        }
    }

    #[inline(always)]
    fn word(&mut self, word: u64) {
        const HIGHEST: u64 = 0x8080_8080_8080_8080;
        // When 1 is added to every byte, 0xFF loses its highest bit. Others that have it keep it, unless 0xFF below them
        // carries.
        let suspect = word & HIGHEST & !word.wrapping_add(0x0101_0101_0101_0101);
        if suspect == 0 {
            self.output.extend_from_slice(&word.to_be_bytes());
        } else {
            self.stuffed(word, WORD);
        }
    }

    #[cold]
    fn stuffed(&mut self, word: u64, count: usize) {
        for byte in &word.to_be_bytes()[..count] {
            self.output.push(*byte);
            if *byte == 0xFF {
                self.output.push(0);
            }
        }
    }

    /// Fills the last byte with ones, and gives what was written.
    pub fn finish(mut self) -> Vec<u8> {
        let count = u64::BITS - self.free;
        if count > 0 {
            let ones = count.next_multiple_of(8) - count;
            let word = self.waiting << ones | ((1 << ones) - 1);
            let bytes = count.div_ceil(8);
            self.stuffed(word << (u64::BITS - 8 * bytes), bytes as usize);
        }
        self.output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn bits_come_in_order_and_ones_are_stuffed() {
        let mut random = Random(7);
        for round in 0..300 {
            let mut writer = Writer::new(vec![0xFF, 0xDA]);
            let mut expected = String::new();
            for _ in 0..random.below(200) {
                let count = 1 + random.below(32) as u32;
                let mut bits = random.number() as u32 >> (32 - count);
                if round % 3 == 0 {
                    bits |= random.number() as u32 >> (32 - count);
                    bits |= random.number() as u32 >> (32 - count);
                }
                expected.extend((0..count).rev().map(|bit| if bits >> bit & 1 == 1 { '1' } else { '0' }));
                writer.put(bits, count);
            }
            while !expected.len().is_multiple_of(8) {
                expected.push('1');
            }
            let mut bytes = vec![0xFF, 0xDA];
            for byte in expected.as_bytes().chunks(8) {
                let byte = u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap();
                bytes.push(byte);
                if byte == 0xFF {
                    bytes.push(0);
                }
            }
            assert_eq!(writer.finish(), bytes);
        }
    }
}
