use crate::bits::Bits;
use crate::huffman;
use crate::huffman::{Code, Differences, Ends, Pair, Skips, Specification, Symbol, Values};
use crate::source::WINDOW;
use crate::zigzag::{SCRATCH, last, slots};

/// What an AC table is read with.
pub(super) struct AcTables {
    code: Code,
    skips: Skips,
    /// Not for reductions that need no AC coefficient.
    values: Option<Values>,
}

impl AcTables {
    pub fn new(specification: &Specification<'_>, with_values: bool) -> Self {
        Self {
            code: Code::new(specification, Ends::Block),
            skips: Skips::new(specification, Ends::Block),
            values: with_values.then(|| Values::new(specification, Ends::Block)),
        }
    }
}

/// Reads a block into the slots of its reduction to N×N, the DC coefficient as a sum of differences. `false` if it has
/// a wrong code or more than 64 coefficients; it ends there.
#[inline(always)]
pub(super) fn read<const N: usize, const SLOTS: usize>(
    bits: &mut Bits,
    window: &[u8; WINDOW],
    differences: &Differences,
    ac: &AcTables,
    prediction: &mut i32,
    block: &mut [i16; SLOTS],
) -> bool {
    let difference = differences.read(bits, window);
    *prediction = prediction.wrapping_add(difference.unwrap_or(0));
    let whole = difference.is_some();
    let last = match &ac.values {
        Some(values) if N > 1 => {
            if let Some(block) = block.first_chunk_mut::<SCRATCH>() {
                *block = [0; SCRATCH];
                block[0] = *prediction as i16;
                read_values::<N>(bits, window, &ac.code, values, block)
            } else {
                let mut scratch = [0; SCRATCH];
                scratch[0] = *prediction as i16;
                let last = read_values::<N>(bits, window, &ac.code, values, &mut scratch);
                block.copy_from_slice(&scratch[..SLOTS]);
                last
            }
        }
        _ => {
            block[0] = *prediction as i16;
            Some(0)
        }
    };
    match last {
        Some(63) => whole,
        Some(last) => whole & skip(bits, window, ac, last + 1),
        None => false,
    }
}

/// Reads the coefficients that a reduction to N×N keeps into their slots, and those between them. Gives the last that
/// was read, or 63 if the block has ended; nothing for what no encoder writes.
#[inline(always)]
fn read_values<const N: usize>(
    bits: &mut Bits,
    window: &[u8; WINDOW],
    code: &Code,
    values: &Values,
    scratch: &mut [i16; SCRATCH],
) -> Option<u32> {
    let slots = const { slots(N) };
    let stop = const { last(N) };
    let mut last = 0;
    // Places are below 64 but for the end of a block, which is a multiple of 64 behind them.
    let mut store = |place: u32, value: i16| scratch[usize::from(slots[place as usize & 63]) % SCRATCH] = value;
    'values: while last < stop {
        bits.refill(window);
        for _ in 0..56 / huffman::VALUE_BITS {
            let pair = values.get(bits.peek::<{ huffman::VALUE_BITS }>());
            let ((first, one), (second, two)) = (pair.first(), pair.second());
            let after = last + second;
            if after < 64 {
                store(after, two);
                store(last + first, one);
                bits.skip_by(pair.entry());
                last = after;
                if stop < 63 && last >= stop {
                    break 'values;
                }
                continue;
            }
            if last == 63 {
                // What has been looked up is the next block's.
                break 'values;
            }
            // Behind the last coefficient there is no end, but bits of the next block that look like it.
            let ends = second > Pair::END && after < Pair::END + 63;
            if ends && !pair.is_empty() {
                store(after, two);
                store(last + first, one);
                bits.skip_by(pair.entry());
                return Some(63);
            }
            // A long code, or a pair that reaches into the next block.
            let (moved, symbol) = code.rare(*bits, window);
            *bits = moved;
            match symbol {
                Symbol::Value { run, value } => {
                    last += run + 1;
                    if last < 64 {
                        store(last, value as i16);
                    }
                }
                Symbol::Zeros => last += 16,
                Symbol::End { .. } => return Some(63),
                Symbol::Wrong => return None,
            }
            if last > 63 {
                return None;
            }
            continue 'values;
        }
    }
    Some(last)
}

/// Steps over the rest of a block, whose next coefficient is `next`; 64 is its end. `false` as for [`read`].
#[inline(always)]
pub(super) fn skip(bits: &mut Bits, window: &[u8; WINDOW], ac: &AcTables, mut next: u32) -> bool {
    'block: while next < 64 {
        bits.refill(window);
        // As many look-ups as a refill is good for.
        for _ in 0..56 / huffman::SKIP_BITS {
            let (entry, passed) = ac.skips.get(bits.peek::<{ huffman::SKIP_BITS }>());
            let after = next + passed;
            if after >= 64 {
                if after == 64 || (Skips::END..Skips::END + 64).contains(&after) {
                    bits.skip_by(entry);
                    return true;
                }
                // A long code, or an entry that reaches into the block behind this one.
                let (moved, symbol) = ac.code.rare(*bits, window);
                *bits = moved;
                match symbol {
                    Symbol::Value { run, .. } => next += run + 1,
                    Symbol::Zeros => next += 16,
                    Symbol::End { .. } => return true,
                    Symbol::Wrong => return false,
                }
                continue 'block;
            }
            bits.skip_by(entry);
            next = after;
        }
    }
    next == 64
}
