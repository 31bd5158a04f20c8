//! JPEG XL (ISO/IEC 18181), decoded by jxl-oxide: stills and animations, bare or in a container. There is no encoder:
//! see `docs/decisions/0011-avif-codecs.md`.
//!
//! `container` finds the code stream and EXIF in safe Rust, `header` reads what comes before the first frame, `stream`
//! feeds the decoder no more than it needs.

mod container;
mod decode;
mod header;
mod probe;
mod stream;
#[cfg(test)]
mod tests;

use super::codec::Codec;

/// How JPEG XL is read.
pub(super) static CODEC: Codec = Codec { probe: probe::probe, decode: Some(decode::decode), encode: None, strip: None };
