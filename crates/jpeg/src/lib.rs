//! JPEG (ITU-T T.81) as planes of 8-bit samples: a decoder for the stored size and for 3/4, 1/2, 1/4 and 1/8 of it, and an
//! encoder of baseline files.
//!
//! # The decoder
//!
//! Most of the time of a scaled decode goes into reading coefficients that the scaled inverse DCT leaves out. This
//! decoder steps over them: several codes at a time, with tables that tell only how long they are. Of progressive files
//! it reads only the scans that a wanted coefficient depends on, and, if asked, leaves out refinements that nobody sees.
//! Of a region it makes only the MCUs that meet it, and stops behind the last. At 3/4 there is little to step over, and at
//! the stored size nothing; what is gained there comes from tables that give two coefficients at once.
//!
//! ```
//! use lightmill_jpeg::{Decoder, Error, Options, Scale};
//!
//! fn quarter(file: &[u8]) -> Result<(), Error> {
//!     let decoded = Decoder::new(file)?.decode(&Options { scale: Scale::Quarter, ..Options::default() })?;
//!     for plane in &decoded.planes {
//!         println!("{}×{} samples", plane.width, plane.height);
//!     }
//!     Ok(())
//! }
//! assert_eq!(quarter(b"GIF89a"), Err(Error::Corrupt("no start of an image")));
//! ```
//!
//! # What it reads
//!
//! Baseline, extended and progressive files with Huffman coding and 8-bit samples, of one or three components whose
//! sampling factors divide the largest ones, interleaved or not, with restart intervals. Anything else is
//! [`Error::Unsupported`], and a case for another decoder.
//!
//! Planes are components as they are stored: subsampled chroma stays as coarse as it is, reduced by the same factor as
//! luma, and no colours are converted. [`Decoder::decode`] gives them whole, [`Decoder::decode_strips`] row of MCUs by
//! row of MCUs, with which a sequential file never needs memory for more than one.
//!
//! # The encoder
//!
//! An [`Encoder`] takes planes strip by strip, and writes grey or 4:2:0 files with the Huffman codes that fit them best.
//! Until then it holds about a byte for each coefficient that is not 0, which is little: libjpeg holds all coefficients.
//!
//! ```
//! use lightmill_jpeg::{Components, EncodeError, Encoder, Steps};
//!
//! /// A grey picture of whole blocks.
//! fn write(width: u32, samples: &[u8], steps: Steps) -> Result<Vec<u8>, EncodeError> {
//!     let height = samples.len() as u32 / width;
//!     let mut encoder = Encoder::new(width, height, Components::Grey, &[steps; 2], u64::MAX)?;
//!     for strip in samples.chunks(encoder.stride() * 8) {
//!         encoder.write_strip(&[strip])?;
//!     }
//!     encoder.finish(&[], &|| false)
//! }
//! assert!(write(64, &[100; 64 * 16], [std::num::NonZeroU8::MIN; 64]).is_ok_and(|file| file.len() < 300));
//! ```
//!
//! # How it is built
//!
//! `markers.rs`, `frame.rs`, `scan.rs`, `quantisation.rs` and `headers.rs` read what is not entropy-coded. `source.rs` and
//! `bits.rs` give the bits of a restart interval, `huffman/` what they stand for, and `walk.rs` goes from unit to unit and
//! from interval to interval, also over damaged ones. `sequential/` and `progressive/` are what is done with a unit,
//! `reconstruct/` makes samples of coefficients, and `canvas.rs` holds them until they are handed on. `encode/` is the way
//! back. `cpu.rs` chooses instructions; results do not depend on them.

#![allow(clippy::inline_always, reason = "what is not inlined is not compiled for the processor of `cpu.rs`")]

mod bits;
mod canvas;
mod cpu;
mod decoder;
mod encode;
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
pub use encode::{Components, EncodeError, Encoder, Steps, profile_bodies};
pub use error::{Damage, Error, Unsupported};
pub use options::{Limits, OnDamage, Options, Rect, Refinement, Scale};
pub use output::{Decoded, Plane, Sampling};
