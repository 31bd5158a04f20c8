//! From coefficients to samples: dequantisation and the inverse DCT, scaled or whole.
//!
//! A block reduced to n×n is the inverse DCT of its upper left n×n coefficients, scaled so that a DC coefficient still
//! gives its eighth: sample(x, y) = 128 + ⅛ Σ c(u) c(v) F(u, v) cos((2x+1)uπ/2n) cos((2y+1)vπ/2n), where c(0) is 1 and
//! all other c are √2. This is ITU-T T.81, section A.3.3, with n for 8. (libjpeg-turbo's
//! `jidctred.c` is another reduction: means of the full inverse DCT's samples, for which it reads more coefficients.)

#[cfg(target_arch = "x86_64")]
mod avx2;
mod dequantiser;
mod full;
#[cfg(target_arch = "x86_64")]
mod full_avx2;
mod inverse;
mod three_quarters;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::{half as half_avx2, quarter as quarter_avx2, three_quarters as three_quarters_avx2};
pub(crate) use dequantiser::Dequantiser;
#[cfg(target_arch = "x86_64")]
pub(crate) use full_avx2::full as full_avx2;
pub(crate) use inverse::block_row;
