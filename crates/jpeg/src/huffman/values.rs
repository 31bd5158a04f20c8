use super::specification::Specification;
use super::{Ends, blank};
use crate::bits::extend;

/// Bits that are looked up.
pub(crate) const BITS: u32 = 12;

/// Reads AC coefficients, up to two at once.
pub(crate) struct Values(Box<[Pair; 1 << BITS]>);

/// Two coefficients, the second of which may be the first again, and perhaps the end of the block. From the low bits
/// on: 6 bits, how many bits of the file this is; 5 bits, the place of the first behind where reading stands, plus 1;
/// 7 bits, the same for the second, and [`Pair::END`] more if the block ends after it; 7 bits each for the values of the
/// second and the first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pair(u32);

impl Pair {
    /// What is added to the place of the second coefficient if the block ends. A block's places repeat after it.
    pub const END: u32 = 64;

    /// What stands where the next symbol does not fit in an entry: with its second place, 127, a block is over.
    const EMPTY: Self = Self(127 << 11);

    /// Whether the next symbol does not fit in an entry.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 == Self::EMPTY.0
    }

    /// For [`Bits::skip_by`](crate::bits::Bits::skip_by).
    #[inline(always)]
    pub fn entry(self) -> u32 {
        self.0
    }

    /// Place behind where reading stands, plus 1, and value.
    #[inline(always)]
    pub fn first(self) -> (u32, i16) {
        (self.0 >> 6 & 31, (self.0 as i32 >> 25) as i16)
    }

    /// As [`Self::first`]; equal to it, but for the value, which is 0, if there is just one. To be stored before it.
    #[inline(always)]
    pub fn second(self) -> (u32, i16) {
        (self.0 >> 11 & 127, ((self.0 << 7) as i32 >> 25) as i16)
    }
}

/// One coefficient within the bits looked up.
#[derive(Clone, Copy, Default)]
struct Single {
    /// Bits of the code and the value; 0 if they are too many, or the value too large.
    bits: u8,
    /// Zeros before it, plus 1; 0 for the end of the block.
    step: u8,
    value: i8,
}

impl Values {
    pub fn new(specification: &Specification<'_>, ends: Ends) -> Self {
        let singles = singles(specification, ends);
        let mut pairs = blank::<Pair, { 1 << BITS }>();
        for (index, pair) in pairs.iter_mut().enumerate() {
            *pair = joined(index, &singles);
        }
        Self(pairs)
    }

    #[inline(always)]
    pub fn get(&self, next: usize) -> Pair {
        self.0[next & ((1 << BITS) - 1)]
    }
}

fn singles(specification: &Specification<'_>, ends: Ends) -> Vec<Single> {
    let mut singles = vec![Single::default(); 1 << BITS];
    for entry in specification.entries() {
        let (run, size) = (u32::from(entry.symbol >> 4), u32::from(entry.symbol & 15));
        let step = match (size, run, ends) {
            (0, 0, _) | (0, 1..=14, Ends::Block) => 0,
            (0, 1..=14, Ends::Band) => continue,
            _ => run + 1,
        };
        let Some(rest) = BITS.checked_sub(entry.length + size).filter(|_| size <= 6) else { continue };
        for raw in 0..1 << size {
            let first = ((entry.code << size | raw) << rest) as usize;
            let single =
                Single { bits: (entry.length + size) as u8, step: step as u8, value: extend(raw as i32, size) as i8 };
            singles[first..first + (1 << rest)].fill(single);
        }
    }
    singles
}

/// What the bits of `index` begin with.
fn joined(index: usize, singles: &[Single]) -> Pair {
    let mut used = 0;
    let mut next = || {
        let single = singles[(index << used) & ((1 << BITS) - 1)];
        let fits = single.bits > 0 && used + u32::from(single.bits) <= BITS;
        used += if fits { u32::from(single.bits) } else { 0 };
        fits.then_some((single, used))
    };
    let pack = |used: u32, first: (u32, i8), second: (u32, i8)| {
        let low = |value: i8| u32::from(value as u8) & 127;
        Pair(used | first.0 << 6 | second.0 << 11 | low(second.1) << 18 | low(first.1) << 25)
    };
    let Some((first, used_by_first)) = next() else { return Pair::EMPTY };
    let one = (u32::from(first.step), first.value);
    if first.step == 0 {
        return pack(used_by_first, (1, 0), (1 + Pair::END, 0));
    }
    let Some((second, used_by_second)) = next() else { return pack(used_by_first, one, (one.0, 0)) };
    let two = (one.0 + u32::from(second.step), second.value);
    if second.step == 0 {
        return pack(used_by_second, one, (one.0 + Pair::END, 0));
    }
    match next() {
        Some((third, used)) if third.step == 0 => pack(used, one, (two.0 + Pair::END, two.1)),
        _ => pack(used_by_second, one, two),
    }
}
