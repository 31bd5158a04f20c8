//! AVIF 1.1: AV1 in HEIF. Stills and grids, with alpha and any of AV1's layouts; image sequences, frame by frame.
//!
//! The container is read by `codecs::isobmff` and written by `container.rs` and `movie.rs`, all safe Rust. `decoder.rs` and
//! `encoder.rs` wrap libaom; the reasons are in `docs/decisions/0011-avif-codecs.md`.
//!
//! * In: `obu` and `sequence_header` look at coded data before the decoder does, `assemble` puts tiles together,
//!   `planes` makes their samples full range of 8 bits, `matrix` makes RGB of other matrices than BT.601's.
//! * Out: `source` makes the planes that are coded, `transparency` what lies behind transparent pixels.

mod assemble;
mod container;
mod decode;
mod decoder;
mod encode;
mod encoder;
mod matrix;
mod movie;
mod obu;
mod planes;
mod probe;
mod sequence_header;
mod source;
#[cfg(test)]
mod tests;
mod transparency;
mod writer;

use super::codec::{Codec, Encoder, When};

/// How AVIF is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Always, wide: false, quality: When::Always }),
    strip: None,
};
