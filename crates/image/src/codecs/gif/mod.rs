//! GIF 87a and 89a. Decoded to whole frames; of each frame, what changes is encoded.
//!
//! `encode.rs` decides what of a frame is stored, `writer.rs` in which palette; `palette.rs`, `quantise.rs` and
//! `dither.rs` turn colours into indices.

mod canvas;
mod decode;
mod dither;
mod encode;
mod header;
mod palette;
mod pixels;
mod probe;
mod quantise;
mod strip;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
pub(super) use strip::strip;
