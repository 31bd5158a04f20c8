//! Windows bitmap, by the `image` crate.

mod decode;
mod encode;
mod probe;
#[cfg(test)]
mod tests;

use super::codec::{Codec, Encoder, When};

/// How BMP is read and written.
pub(super) static CODEC: Codec = Codec {
    probe: probe::probe,
    decode: Some(decode::decode),
    encode: Some(Encoder { encode: encode::encode, planes: When::Never, wide: false, quality: When::Never }),
    strip: None,
};
