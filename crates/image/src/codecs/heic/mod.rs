//! HEIC: HEVC in HEIF. The container is read by `codecs::isobmff`; pixels only with the cargo feature `heic`, by the
//! system's libheif (`library.rs`).

#[cfg(feature = "heic")]
mod decode;
#[cfg(feature = "heic")]
mod library;
mod probe;
#[cfg(test)]
mod tests;

use super::codec::Codec;

/// How HEIC is read.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    #[cfg(feature = "heic")]
    decode: Some(decode::decode),
    #[cfg(not(feature = "heic"))]
    decode: None,
    encode: None,
    strip: None,
};
