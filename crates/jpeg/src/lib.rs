//! A JPEG decoder for reduced scales: 1/8, 1/4 and 1/2 of the stored size, as planes.
//!
//! Most of the time of a scaled decode goes into reading coefficients that the scaled inverse DCT leaves out. This
//! decoder steps over them: several codes at a time, with tables that tell only how long they are.

#![allow(missing_docs)]
mod bits;
mod cpu;
mod decoder;
mod error;
mod frame;
mod geometry;
mod headers;
mod huffman;
mod markers;
mod options;
mod output;
mod progressive;
mod quantisation;
mod reconstruct;
mod scan;
mod sequential;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod walk;
mod zigzag;

pub use decoder::Decoder;
pub use error::{Damage, Error, Unsupported};
pub use options::{Limits, OnDamage, Options, Rect, Refinement, Scale};
pub use output::{Decoded, Plane, Sampling};
