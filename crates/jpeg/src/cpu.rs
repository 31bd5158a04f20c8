#![allow(unsafe_code)]
//! Hot loops, compiled for the processor that runs them. All arithmetic is on integers: results are the same.

use crate::encode::{Quantiser, Samples};
use crate::reconstruct::Dequantiser;

/// Work that is worth compiling for several sets of instructions. [`Work::run`] and what it calls in its loops have to
/// be `#[inline(always)]`.
pub(crate) trait Work {
    type Output;

    fn run<I: Instructions>(self) -> Self::Output;
}

/// What is done differently.
pub(crate) trait Instructions {
    /// The `n`-th bit that is set in `bits`, counted from the lowest as 0; 0 if there are not as many.
    fn nth_set(bits: u64, n: u32) -> u64;

    /// Makes samples of blocks reduced to 2×2, and gives of how many; the others are done one by one.
    fn quarter<const MIDDLES: bool>(_: &[[i16; 4]], _: &Dequantiser, _: [&mut [u8]; 2]) -> usize {
        0
    }

    /// The same for blocks reduced to 4×4.
    fn half<const MIDDLES: bool>(_: &[[i16; 16]], _: &Dequantiser, _: [&mut [u8]; 4]) -> usize {
        0
    }

    /// The same for blocks reduced to 6×6. What comes behind their samples may be overwritten.
    fn three_quarters<const MIDDLES: bool>(_: &[[i16; 48]], _: &Dequantiser, _: [&mut [u8]; 6]) -> usize {
        0
    }

    /// The same for whole blocks, with quantisation steps by slot, into rows of so many bytes.
    fn full(_: &[[i16; 64]], _: &[i16; 64], _: &mut [u8], _: usize) -> usize {
        0
    }

    /// Makes quantised coefficients in zigzag order of two blocks, and gives for each which are not 0; `None` if that is
    /// left to others.
    fn forward(_: [Samples<'_>; 2], _: &Quantiser, _: &mut [[i16; 64]; 2]) -> Option<[u64; 2]> {
        None
    }
}

/// Whatever every processor has.
pub(crate) struct Portable;

impl Instructions for Portable {
    #[inline(always)]
    fn nth_set(mut bits: u64, n: u32) -> u64 {
        for _ in 0..n {
            bits &= bits.wrapping_sub(1);
        }
        bits & bits.wrapping_neg()
    }
}

#[cfg(test)]
thread_local! {
    /// Makes [`best`] do with what every processor has.
    pub(crate) static PORTABLE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `work` with the best instructions there are.
pub(crate) fn best<W: Work>(work: W) -> W::Output {
    #[cfg(test)]
    if PORTABLE.get() {
        return work.run::<Portable>();
    }
    #[cfg(target_arch = "x86_64")]
    if x86::there() {
        // SAFETY: the processor has the instructions, by the line above.
        return unsafe { x86::run(work) };
    }
    work.run::<Portable>()
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Instructions, Work};
    use crate::encode::{Quantiser, Samples, forward_avx2};
    use crate::reconstruct::{Dequantiser, full_avx2, half_avx2, quarter_avx2, three_quarters_avx2};

    /// AVX2, and shifts and counts of BMI and LZCNT, as x86-64-v3 has them.
    struct V3;

    impl Instructions for V3 {
        #[inline(always)]
        fn nth_set(bits: u64, n: u32) -> u64 {
            // SAFETY: only `run` uses this type, and its caller has checked for the instruction.
            unsafe { std::arch::x86_64::_pdep_u64(1 << (n & 63), bits) }
        }

        fn quarter<const MIDDLES: bool>(blocks: &[[i16; 4]], by: &Dequantiser, rows: [&mut [u8]; 2]) -> usize {
            // SAFETY: as above.
            unsafe { quarter_avx2::<MIDDLES>(blocks, by, rows) }
        }

        fn half<const MIDDLES: bool>(blocks: &[[i16; 16]], by: &Dequantiser, rows: [&mut [u8]; 4]) -> usize {
            // SAFETY: as above.
            unsafe { half_avx2::<MIDDLES>(blocks, by, rows) }
        }

        fn three_quarters<const MIDDLES: bool>(blocks: &[[i16; 48]], by: &Dequantiser, rows: [&mut [u8]; 6]) -> usize {
            // SAFETY: as above.
            unsafe { three_quarters_avx2::<MIDDLES>(blocks, by, rows) }
        }

        fn full(blocks: &[[i16; 64]], factors: &[i16; 64], samples: &mut [u8], stride: usize) -> usize {
            // SAFETY: as above.
            unsafe { full_avx2(blocks, factors, samples, stride) }
        }

        #[inline(always)]
        fn forward(samples: [Samples<'_>; 2], by: &Quantiser, blocks: &mut [[i16; 64]; 2]) -> Option<[u64; 2]> {
            // SAFETY: as above.
            unsafe { forward_avx2(samples, by, blocks) }
        }
    }

    pub fn there() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }

    /// # Safety
    /// [`there`] has said yes.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub unsafe fn run<W: Work>(work: W) -> W::Output {
        work.run::<V3>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nth(u64, u32);

    impl Work for Nth {
        type Output = u64;

        #[inline(always)]
        fn run<I: Instructions>(self) -> u64 {
            I::nth_set(self.0, self.1)
        }
    }

    #[test]
    fn instructions_agree() {
        let mut bits = 0x9E37_79B9_7F4A_7C15u64;
        for n in 0..2000 {
            bits = bits.rotate_left(7).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            assert_eq!(best(Nth(bits, n % 20)), Nth(bits, n % 20).run::<Portable>());
        }
        assert_eq!((best(Nth(0b1011_0000, 2)), best(Nth(1 << 63, 0)), best(Nth(7, 3))), (0b1000_0000, 1 << 63, 0));
    }
}
