use super::codes::{Words, Write, bits};
use super::error::EncodeError;
use super::optimal::Code;
use super::quantiser::{Quantiser, Steps};
use super::segments::{self, Codes};
use super::strip::{Scan, Strip};
use super::writer::Writer;
use crate::cpu;

/// What a file's samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Components {
    /// Luma alone.
    Grey,
    /// Y'CbCr of JFIF (ITU-R BT.601, full range) with half as many columns and rows of chroma.
    YCbCr420,
}

impl Components {
    /// Columns and rows of luma of an MCU: 8 or 16.
    pub fn unit(self) -> usize {
        match self {
            Self::Grey => 8,
            Self::YCbCr420 => 16,
        }
    }

    /// Tables of each block of an MCU.
    fn tables(self) -> &'static [usize] {
        match self {
            Self::Grey => &[0],
            Self::YCbCr420 => &[0, 0, 0, 0, 1, 1],
        }
    }
}

/// Writes a baseline JPEG file (ITU-T T.81, JFIF) with the Huffman codes that fit it best, strip by strip.
///
/// Between strips it holds about a byte for each coefficient that is not 0: twice the size of the file, three times at
/// most, but for files of next to nothing. The file is the same on every processor.
#[derive(Debug)]
pub struct Encoder {
    size: (u16, u16),
    components: Components,
    steps: [Steps; 2],
    scan: Scan,
    /// Strips that are still to come.
    missing: usize,
    most_bytes: u64,
}

impl Encoder {
    /// A picture of `width`×`height` pixels, quantised by the first of `steps`, and chroma by the second; its file may
    /// have `most_bytes`.
    ///
    /// # Errors
    /// [`EncodeError::Size`] for sides of 0 or above 65,535.
    pub fn new(
        width: u32,
        height: u32,
        components: Components,
        steps: &[Steps; 2],
        most_bytes: u64,
    ) -> Result<Self, EncodeError> {
        let side = |length: u32| u16::try_from(length).ok().filter(|length| *length > 0);
        let (Some(across), Some(down)) = (side(width), side(height)) else {
            return Err(EncodeError::Size { width, height });
        };
        let scan = Scan::new(steps.each_ref().map(Quantiser::new));
        let missing = usize::from(down).div_ceil(components.unit());
        Ok(Self { size: (across, down), components, steps: *steps, scan, missing, most_bytes })
    }

    /// Bytes of a row of luma in a strip: the width rounded up to whole MCUs. Rows of chroma have half as many.
    pub fn stride(&self) -> usize {
        usize::from(self.size.0).next_multiple_of(self.components.unit())
    }

    /// Takes the next row of MCUs: one plane of 8 rows of luma, or three planes of 16 rows of luma and 8 of Cb and Cr,
    /// whose rows are as long as [`Encoder::stride`] says. What lies outside of the picture should repeat its last column
    /// and row, which costs little; blocks that lie outside as a whole are not looked at.
    ///
    /// # Errors
    /// [`EncodeError::Strip`] for other planes and after the last strip, [`EncodeError::TooLarge`] as soon as it is
    /// certain.
    pub fn write_strip(&mut self, planes: &[&[u8]]) -> Result<(), EncodeError> {
        let unit = self.components.unit();
        let luma = self.stride() * unit;
        let fits = match (self.components, planes) {
            (Components::Grey, [y]) => y.len() == luma,
            (Components::YCbCr420, [y, blue, red]) => {
                y.len() == luma && [blue, red].iter().all(|c| c.len() == luma / 4)
            }
            _ => false,
        };
        let (width, height) = (usize::from(self.size.0), usize::from(self.size.1));
        self.missing = self.missing.checked_sub(1).filter(|_| fits).ok_or(EncodeError::Strip)?;
        let below = height - (height.div_ceil(unit) - 1 - self.missing) * unit;
        let (units, seen) = (self.stride() / unit, (width.div_ceil(8), below.div_ceil(8)));
        cpu::best(Strip { scan: &mut self.scan, components: self.components, planes, units, seen });
        // Each byte of tokens becomes a bit at least.
        self.check(self.scan.tokens.bytes() / 8)
    }

    /// Writes the file, with `profile` (ICC; none if it is empty). `interrupt` is asked every 64 KiB of tokens.
    ///
    /// # Errors
    /// [`EncodeError::Strip`] if strips are missing, [`EncodeError::TooLarge`], and [`EncodeError::Interrupted`] if
    /// `interrupt` says `true`.
    pub fn finish(self, profile: &[u8], interrupt: &dyn Fn() -> bool) -> Result<Vec<u8>, EncodeError> {
        if self.missing > 0 {
            return Err(EncodeError::Strip);
        }
        let tables = self.components.tables();
        let counts = &self.scan.counts[..=tables[tables.len() - 1]];
        let codes: Vec<Codes> = counts
            .iter()
            .map(|counts| Codes { dc: Code::optimal(&counts.dc), ac: Code::optimal(&counts.ac) })
            .collect();
        let mut file = segments::write(self.size, self.components, &self.steps, &codes, profile);
        let scan = counts.iter().zip(&codes).map(|(counts, codes)| bits(counts, codes)).sum::<u64>().div_ceil(8);
        self.check(file.len() as u64 + scan)?;
        // Of the bytes of codes, one in 256 is stuffed, or some more.
        file.reserve_exact((scan + scan / 128) as usize + 64);
        let words: Vec<Words> = codes.iter().map(Words::new).collect();
        let words: Vec<&Words> = tables.iter().map(|table| &words[*table]).collect();
        let mut writer = Writer::new(file);
        let most_bytes = self.most_bytes;
        for chunk in self.scan.tokens.into_chunks() {
            if interrupt() {
                return Err(EncodeError::Interrupted);
            }
            cpu::best(Write { tokens: chunk.bytes(), words: &words, writer: &mut writer });
        }
        let mut file = writer.finish();
        file.extend([0xFF, 0xD9]);
        check(file.len() as u64, most_bytes)?;
        Ok(file)
    }

    /// Bytes of tokens that are held.
    #[cfg(test)]
    pub(super) fn scan_bytes(&self) -> u64 {
        self.scan.tokens.bytes()
    }

    fn check(&self, bytes: u64) -> Result<(), EncodeError> {
        check(bytes, self.most_bytes)
    }
}

fn check(bytes: u64, allowed: u64) -> Result<(), EncodeError> {
    if bytes > allowed { Err(EncodeError::TooLarge { bytes, allowed }) } else { Ok(()) }
}
