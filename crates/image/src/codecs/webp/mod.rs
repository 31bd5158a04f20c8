//! WebP (RFC 9649), decoded and encoded by libwebp: stills lossy or lossless, animations, ICC and EXIF chunks.
//!
//! `header.rs` walks the container in safe Rust; `still_decoder.rs`, `animation_decoder.rs`, `still_encoder.rs` and
//! `animation_encoder.rs` wrap the C library.

mod animation_decoder;
mod animation_encoder;
mod decode;
mod encode;
mod header;
mod picture;
mod probe;
mod still_decoder;
mod still_encoder;
mod strip;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
pub(super) use strip::strip;
