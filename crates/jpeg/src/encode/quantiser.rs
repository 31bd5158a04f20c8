use std::num::NonZeroU8;

/// Quantisation steps of a baseline file, row by row.
pub type Steps = [NonZeroU8; 64];

/// What [`Quantiser::quantise`] takes for a coefficient of 1.
pub(crate) const UNIT: u32 = 16;

/// Where a coefficient stands before it is put into zigzag order: columns of eight.
pub(super) const fn place(row: usize, column: usize) -> usize {
    column * 8 + row
}

/// Division by quantisation steps as two multiplications of 16 bits, by [`place`].
#[derive(Debug, Clone)]
pub(crate) struct Quantiser {
    /// Half a step.
    pub halves: [u16; 64],
    pub reciprocals: [u16; 64],
    /// A power of two that takes the place of a shift to the right.
    pub scales: [u16; 64],
}

impl Quantiser {
    pub fn new(steps: &Steps) -> Self {
        let mut this = Self { halves: [0; 64], reciprocals: [0; 64], scales: [0; 64] };
        for (natural, step) in steps.iter().enumerate() {
            let at = place(natural / 8, natural % 8);
            let divisor = u32::from(step.get()) * UNIT;
            this.halves[at] = (divisor / 2) as u16;
            // n·r / 2^(16 + s) is n / d, rounded down, for all n below 2^15: r = ⌈2^(16 + s) / d⌉ is too large by less
            // than d / 2^(16 + s), where s is chosen so that d < 2^(s + 1), and n times that does not reach 1 / d.
            let exponent = if divisor.is_power_of_two() { divisor.ilog2() - 1 } else { divisor.ilog2() };
            this.reciprocals[at] = (1u32 << (16 + exponent)).div_ceil(divisor) as u16;
            this.scales[at] = 1 << (16 - exponent);
        }
        this
    }

    /// The coefficient at `at`, in units of 1/[`UNIT`] and below 2^14.5, divided by its step and rounded to the nearest,
    /// halves away from 0.
    #[inline(always)]
    pub fn quantise(&self, at: usize, coefficient: i32) -> i16 {
        let high = |a: u32, b: u16| (a * u32::from(b)) >> 16;
        let sum = coefficient.unsigned_abs() + u32::from(self.halves[at]);
        let quotient = high(high(sum, self.reciprocals[at]), self.scales[at]) as i16;
        if coefficient < 0 { -quotient } else { quotient }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_exact() {
        for step in 1..=255u8 {
            let quantiser = Quantiser::new(&[NonZeroU8::new(step).unwrap(); 64]);
            let divisor = i32::from(step) * UNIT as i32;
            for coefficient in 0..=16_400 {
                let exact = ((coefficient + divisor / 2) / divisor) as i16;
                assert_eq!(quantiser.quantise(5, coefficient), exact, "{coefficient} / {divisor}");
                assert_eq!(quantiser.quantise(5, -coefficient), -exact, "-{coefficient} / {divisor}");
            }
        }
    }

    #[test]
    fn steps_go_to_their_places() {
        let steps: Steps = std::array::from_fn(|at| NonZeroU8::new(at as u8 + 1).unwrap());
        let quantiser = Quantiser::new(&steps);
        assert_eq!([0, 8, 1, 63].map(|at| quantiser.halves[at]), [8, 16, 72, 512]);
    }
}
