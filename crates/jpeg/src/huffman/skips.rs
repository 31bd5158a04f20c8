use super::specification::{Entry, Specification};
use super::{Ends, blank};

/// Bits that are looked up.
pub(crate) const BITS: u32 = 13;

/// Steps over AC coefficients, as many at once as are whole within [`BITS`] bits.
///
/// The low 6 bits of an entry are the bits to step over, those above how many coefficients that passes, and
/// [`Skips::END`] of them for the end of the block. An entry that passes [`Skips::NONE`] over 0 bits stands for a symbol
/// that is longer. A caller takes an entry only if the block has as many coefficients left.
pub(crate) struct Skips(Box<[u16; 1 << BITS]>);

impl Skips {
    /// Coefficients of an entry with which the block ends; more than all symbols within an entry can pass.
    pub const END: u32 = 512;
    /// Coefficients of an entry without a symbol; more than a block has.
    pub const NONE: u32 = 64;

    pub fn new(specification: &Specification<'_>, ends: Ends) -> Self {
        // The table for a number of bits repeats those for fewer behind each first symbol; all are kept in one vector,
        // the one for n bits from 2ⁿ on.
        let mut tables = vec![0u16; 2 << BITS];
        let steps: Vec<(Entry, u32, u16)> = specification
            .entries()
            .filter_map(|entry| step(entry, ends).map(|(bits, step)| (entry, bits, step)))
            .collect();
        for bits in 1..=BITS {
            let (smaller, table) = tables.split_at_mut(1 << bits);
            let table = &mut table[..1 << bits];
            for (entry, used, step) in &steps {
                let Some(rest) = bits.checked_sub(*used) else { continue };
                let tail = 1usize << rest;
                let first = (entry.code << (bits - entry.length)) as usize;
                let whole = &mut table[first..first + (1 << (bits - entry.length))];
                let (head, repeats) = whole.split_at_mut(tail);
                if u32::from(*step) >> 6 >= Self::END {
                    head.fill(*step);
                } else {
                    for (to, from) in head.iter_mut().zip(&smaller[tail..]) {
                        *to = step + from;
                    }
                }
                // The bits of a value do not matter.
                for repeat in repeats.chunks_exact_mut(tail) {
                    repeat.copy_from_slice(head);
                }
            }
        }
        let mut result = blank::<u16, { 1 << BITS }>();
        for (to, from) in result.iter_mut().zip(&tables[1 << BITS..]) {
            *to = if *from == 0 { (Self::NONE << 6) as u16 } else { *from };
        }
        Self(result)
    }

    /// An entry, for [`Bits::skip_by`](crate::bits::Bits::skip_by), and the coefficients that it passes.
    #[inline(always)]
    pub fn get(&self, next: usize) -> (u32, u32) {
        let entry = u32::from(self.0[next & ((1 << BITS) - 1)]);
        (entry, entry >> 6)
    }
}

/// The bits of a symbol with its value, and its entry alone; `None` if more would have to be known of it.
fn step(entry: Entry, ends: Ends) -> Option<(u32, u16)> {
    let (run, size) = (u32::from(entry.symbol >> 4), u32::from(entry.symbol & 15));
    let passed = match (size, run, ends) {
        (0, 15, _) => 16,
        (0, 0, _) | (0, _, Ends::Block) => Skips::END,
        (0, _, Ends::Band) => return None,
        _ => run + 1,
    };
    let bits = entry.length + size;
    Some((bits, (passed << 6 | bits & 63) as u16))
}
