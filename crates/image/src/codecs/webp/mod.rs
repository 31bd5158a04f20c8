//! WebP (RFC 9649), decoded and encoded by libwebp: stills lossy or lossless, animations, ICC and EXIF chunks.
//!
//! `header.rs` reads the container and `container.rs` writes it, in safe Rust; `still_decoder.rs`,
//! `animation_decoder.rs`, `source.rs` and `still_encoder.rs` wrap the C library. `animation_encoder.rs` makes an
//! animation of stills that hold what changes from frame to frame.

mod animation_decoder;
mod animation_encoder;
#[cfg(test)]
mod animation_tests;
mod container;
mod decode;
mod encode;
mod header;
mod holes;
mod planes;
mod probe;
mod settings;
mod source;
mod still_decoder;
mod still_encoder;
mod strip;
#[cfg(test)]
mod tests;

use super::codec::{Codec, Encoder, When};

/// How WebP is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Lossy, wide: false, quality: When::Lossy }),
    strip: Some(strip::strip),
};
