//! The baseline encoder: strips of samples in, a file with Huffman codes made for it out.
//!
//! Codes that fit the picture are known only when all of it has been seen. Instead of all coefficients,
//! three bytes a pixel, this encoder keeps tokens: about a byte for each coefficient that is not 0.
//!
//! * `encoder.rs` is what callers see; `strip.rs` goes through the blocks of a strip.
//! * `forward.rs` (and `forward_avx2.rs`, with the same results) makes quantised coefficients of samples, by the steps
//!   that `quantiser.rs` holds as reciprocals.
//! * `tokens.rs` says what tokens are and holds them, `counts.rs` makes them of blocks and counts what they stand for.
//! * `optimal.rs` makes a code of the counts, `codes.rs` turns tokens into bits by it, `writer.rs` puts these together.
//! * `segments.rs` writes what stands before the scan.

mod codes;
mod counts;
mod encoder;
mod error;
mod forward;
#[cfg(target_arch = "x86_64")]
mod forward_avx2;
mod optimal;
mod quantiser;
mod segments;
mod strip;
#[cfg(test)]
mod tests;
mod tokens;
mod writer;

pub use encoder::{Components, Encoder};
pub use error::EncodeError;
pub(crate) use forward::Samples;
#[cfg(target_arch = "x86_64")]
pub(crate) use forward_avx2::forward as forward_avx2;
pub(crate) use quantiser::Quantiser;
pub use quantiser::Steps;
pub use segments::profile_bodies;
