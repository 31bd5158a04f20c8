use crate::quantisation::Steps;
use crate::zigzag::UNWANTED;

/// Slots of the largest block, 8×8.
pub(super) const MOST_SLOTS: usize = 64;

/// What a reduced block's coefficients are multiplied with, by slot.
#[derive(Debug, Clone)]
pub(crate) struct Dequantiser {
    pub factors: [i32; MOST_SLOTS],
    /// What is added to values above 0, and taken from those below.
    pub middles: [i32; MOST_SLOTS],
    slots: [u8; 64],
    pub has_middles: bool,
}

impl Dequantiser {
    /// `slots` gives the slot of each zigzag index.
    pub fn new(steps: &Steps, slots: &[u8; 64]) -> Self {
        let mut factors = [0; MOST_SLOTS];
        for (step, slot) in steps.iter().zip(slots) {
            if *slot != UNWANTED {
                factors[usize::from(*slot)] = i32::from(*step);
            }
        }
        Self { factors, middles: [0; MOST_SLOTS], slots: *slots, has_middles: false }
    }

    /// For coefficients that lack lower bits on purpose: by zigzag index, how many bits are missing, and how many of these
    /// the file itself does not have. What is not 0 becomes the middle of what it may be.
    pub fn with_precision(mut self, precision: &[(u32, u32); 64]) -> Self {
        for ((missing, never), slot) in precision.iter().zip(self.slots) {
            if slot != UNWANTED && missing > never {
                let slot = usize::from(slot);
                self.middles[slot] = (((1 << missing) - (1 << never)) * self.factors[slot]) >> 1;
                self.has_middles = true;
            }
        }
        self
    }

    /// The value of a coefficient.
    #[inline(always)]
    pub fn value<const MIDDLES: bool>(&self, block: &[i16], slot: usize) -> i32 {
        let quantised = i32::from(block[slot]);
        let value = quantised.wrapping_mul(self.factors[slot]);
        if MIDDLES { value.wrapping_add(quantised.signum() * self.middles[slot]) } else { value }
    }
}
