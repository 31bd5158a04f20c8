use super::specification::Specification;
use super::{Skips, blank};

/// Bits that are looked up.
pub(crate) const BITS: u32 = 12;

/// Steps over AC coefficients as [`Skips`] does, and tells which of them are not 0.
pub(crate) struct Patterns(Box<[Pattern; 1 << BITS]>);

/// Some whole symbols, 32 coefficients at most.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pattern {
    /// Bit n: the n-th coefficient from here is not 0.
    pub nonzero: u32,
    /// Coefficients that are passed, and [`Skips::END`] more for the end of the band; [`Skips::NONE`] if there is no
    /// whole symbol.
    pub passed: u16,
    /// Bits to step over.
    pub bits: u16,
}

impl Patterns {
    pub fn new(specification: &Specification<'_>) -> Self {
        let mut singles = vec![Pattern::default(); 1 << BITS];
        for entry in specification.entries() {
            let (run, size) = (u32::from(entry.symbol >> 4), u32::from(entry.symbol & 15));
            let passed = match (size, run) {
                (0, 0) => Skips::END,
                (0, 15) => 16,
                (0, _) => continue,
                _ => run + 1,
            };
            let bits = entry.length + size;
            if bits <= BITS {
                let nonzero = u32::from(size > 0) << run;
                let first = (entry.code << (BITS - entry.length)) as usize;
                let single = Pattern { nonzero, passed: passed as u16, bits: bits as u16 };
                singles[first..first + (1 << (BITS - entry.length))].fill(single);
            }
        }
        let mut patterns = blank::<Pattern, { 1 << BITS }>();
        for (index, pattern) in patterns.iter_mut().enumerate() {
            *pattern = joined(index, &singles);
        }
        Self(patterns)
    }

    #[inline(always)]
    pub fn get(&self, next: usize) -> Pattern {
        self.0[next & ((1 << BITS) - 1)]
    }
}

fn joined(index: usize, singles: &[Pattern]) -> Pattern {
    let mut whole = Pattern::default();
    while u32::from(whole.passed) < Skips::END {
        let next = singles[(index << whole.bits) & ((1 << BITS) - 1)];
        let passed = whole.passed + next.passed;
        let too_far = u32::from(passed) & (Skips::END - 1) > 32;
        if next.bits == 0 || u32::from(whole.bits + next.bits) > BITS || too_far {
            break;
        }
        // Shifts by 32 only with nothing to shift: an end, whose pattern is empty.
        whole.nonzero |= next.nonzero.checked_shl(whole.passed.into()).unwrap_or(0);
        whole.passed = passed;
        whole.bits += next.bits;
    }
    if whole.bits == 0 { Pattern { passed: Skips::NONE as u16, ..whole } } else { whole }
}
