use lightmill_recipe::Size;

/// The part of a sequence header that is needed (AV1 specification, section 5.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SequenceHeader {
    /// Of the first operating point.
    pub level: u8,
    /// Whether that is of the higher tier.
    pub high_tier: bool,
    /// No frame is larger.
    pub size: Size,
}

impl SequenceHeader {
    /// Reads a unit with its header; `None` if it is cut off.
    pub fn read(unit: &[u8]) -> Option<Self> {
        let has_extension = unit.first()? & 4 != 0;
        let has_size = unit.first()? & 2 != 0;
        let mut start = 1 + usize::from(has_extension);
        if has_size {
            start += unit.get(start..)?.iter().take(8).position(|byte| byte & 0x80 == 0)? + 1;
        }
        let mut bits = Bits { bytes: unit.get(start..)?, at: 0 };
        let (_profile, _still_picture) = (bits.read(3)?, bits.read(1)?);
        let (level, high_tier) = if bits.flag()? { (bits.read(5)? as u8, false) } else { bits.operating_points()? };
        let (width_bits, height_bits) = (bits.read(4)? + 1, bits.read(4)? + 1);
        let size = Size::new(bits.read(width_bits)? + 1, bits.read(height_bits)? + 1);
        Some(Self { level, high_tier, size })
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// At most 32 bits, the most significant first.
    fn read(&mut self, count: u32) -> Option<u32> {
        let value = (self.at..self.at + count as usize).try_fold(0u32, |value, i| {
            let byte = self.bytes.get(i / 8)?;
            Some(value << 1 | u32::from(byte >> (7 - i % 8) & 1))
        })?;
        self.at += count as usize;
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        self.read(1).map(|bit| bit == 1)
    }

    /// Timing information and the operating points of a header that is not reduced: level and tier of the first.
    fn operating_points(&mut self) -> Option<(u8, bool)> {
        // Bits of a delay, if there is a model of the decoder.
        let mut model = None;
        if self.flag()? {
            self.read(32)?;
            self.read(32)?;
            if self.flag()? {
                self.skip_exponential_golomb()?;
            }
            if self.flag()? {
                model = Some(self.read(5)? + 1);
                self.read(32)?;
                self.read(10)?;
            }
        }
        let has_display_delay = self.flag()?;
        let count = self.read(5)? + 1;
        let mut first = None;
        for _ in 0..count {
            self.read(12)?;
            let level = self.read(5)? as u8;
            let high_tier = level > 7 && self.flag()?;
            if let Some(delay_bits) = model
                && self.flag()?
            {
                self.read(delay_bits)?;
                self.read(delay_bits)?;
                self.read(1)?;
            }
            if has_display_delay && self.flag()? {
                self.read(4)?;
            }
            first = first.or(Some((level, high_tier)));
        }
        first
    }

    /// `uvlc()` (section 4.10.3).
    fn skip_exponential_golomb(&mut self) -> Option<()> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros >= 32 {
                return Some(());
            }
        }
        self.read(zeros).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of bits given as (value, count).
    fn unit(fields: &[(u32, u32)]) -> Vec<u8> {
        let bits: Vec<u8> =
            fields.iter().flat_map(|(value, count)| (0..*count).rev().map(move |i| (value >> i & 1) as u8)).collect();
        let bytes: Vec<u8> =
            bits.chunks(8).map(|b| b.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << (7 - i))).collect();
        [&[0x0A, bytes.len() as u8][..], &bytes].concat()
    }

    #[test]
    fn a_still_and_a_sequence() {
        let still = unit(&[(1, 3), (1, 1), (1, 1), (8, 5), (9, 4), (8, 4), (799, 10), (500, 9)]);
        let size = Size::new(800, 501);
        assert_eq!(SequenceHeader::read(&still), Some(SequenceHeader { level: 8, high_tier: false, size }));
        let head = [(0, 3), (0, 1), (0, 1)];
        let plain =
            [&head[..], &[(0, 1), (0, 1), (0, 5), (0, 12), (9, 5), (1, 1), (0, 4), (1, 4), (1, 1), (3, 2)]].concat();
        let header = SequenceHeader { level: 9, high_tier: true, size: Size::new(2, 4) };
        assert_eq!(SequenceHeader::read(&unit(&plain)), Some(header));
        // With timing of equal intervals, a model of the decoder, delays, and two points.
        let timing = [(1, 1), (1, 32), (25, 32), (1, 1), (0b00100, 5), (1, 1), (4, 5), (1, 32), (0, 10)];
        let point = |level| [(0, 12), (level, 5), (1, 1), (3, 5), (3, 5), (0, 1), (1, 1), (9, 4)];
        let points = [&[(1, 1), (1, 5)][..], &point(4), &point(5), &[(7, 4), (7, 4), (199, 8), (99, 8)]].concat();
        let header = SequenceHeader { level: 4, high_tier: false, size: Size::new(200, 100) };
        let timed = unit(&[&head[..], &timing, &points].concat());
        assert_eq!(SequenceHeader::read(&timed), Some(header));
        assert_eq!(SequenceHeader::read(&timed[..timed.len() - 1]), None);
        assert_eq!(SequenceHeader::read(&[]), None);
    }
}
