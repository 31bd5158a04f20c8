use super::specification::Specification;
use super::{Code, Ends};
use crate::bits::{Bits, extend};
use crate::{Error, source::WINDOW};

/// Bits that are looked up.
const BITS: u32 = 10;

/// Reads DC differences (ITU-T T.81, section F.2.2.1).
pub(crate) struct Differences {
    /// A difference (above 6 bits) and the bits of it and its code; 0 where they are more than [`BITS`].
    table: [i16; 1 << BITS],
    code: Code,
}

impl Differences {
    pub fn new(specification: &Specification<'_>) -> Result<Self, Error> {
        let mut table = [0; 1 << BITS];
        for entry in specification.entries() {
            let size = u32::from(entry.symbol);
            if size > 15 {
                return Err(Error::Corrupt("a DC difference of more than 15 bits"));
            }
            let Some(rest) = BITS.checked_sub(entry.length + size) else { continue };
            for raw in 0..1 << size {
                let first = ((entry.code << size | raw) << rest) as usize;
                let value = extend(raw as i32, size) << 6 | (entry.length + size) as i32;
                table[first..first + (1 << rest)].fill(value as i16);
            }
        }
        Ok(Self { table, code: Code::new(specification, Ends::Block) })
    }

    /// Reads one difference; `None` if the bits are no code.
    #[inline(always)]
    pub fn read(&self, bits: &mut Bits, window: &[u8; WINDOW]) -> Option<i32> {
        bits.refill(window);
        let found = i32::from(self.table[bits.peek::<BITS>()]);
        if found != 0 {
            bits.skip_by(found as u32);
            return Some(found >> 6);
        }
        let (after, difference) = self.rare(*bits);
        *bits = after;
        difference
    }

    #[cold]
    #[inline(never)]
    fn rare(&self, mut bits: Bits) -> (Bits, Option<i32>) {
        let (length, size) = self.code.peek(&bits);
        if length == 0 {
            bits.skip(16);
            return (bits, None);
        }
        bits.skip(length);
        let difference = bits.take_signed(size);
        (bits, Some(difference))
    }
}
