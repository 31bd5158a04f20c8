//! Windows icon: a directory of pictures, each a PNG or a bitmap without its file header.
//!
//! The directory is read here; PNG entries by `codecs::png`, bitmaps by the `image` crate. Written with one PNG entry.

mod decode;
mod directory;
mod encode;
mod probe;
#[cfg(test)]
mod tests;

use super::codec::{Codec, Encoder, When};

/// How ICO is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Never, wide: false, quality: When::Never }),
    strip: None,
};
