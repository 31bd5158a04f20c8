//! PNG (W3C PNG third edition). Animations are read, not written.

mod animation;
#[cfg(test)]
mod colour_tests;
mod decode;
mod encode;
mod form;
mod header;
mod palette;
mod probe;
mod quantise;
mod strategy;
mod strip;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;

use super::codec::{Codec, Encoder, When};

/// How PNG is read and written.
pub(super) static CODEC: Codec = Codec {
    probe,
    decode: Some(decode),
    encode: Some(Encoder { encode, planes: When::Never, wide: true, quality: When::Never }),
    strip: Some(strip::strip),
};
