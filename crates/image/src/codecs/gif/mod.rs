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

use super::codec::{Codec, Encoder, When};

/// How GIF is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Never, wide: false, quality: When::Never }),
    strip: Some(strip::strip),
};
