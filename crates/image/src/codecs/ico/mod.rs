//! Windows icon: a directory of pictures, each a PNG or a bitmap without its file header.
//!
//! The directory is read here; PNG entries by `codecs::png`, bitmaps by the `image` crate. Written with one PNG entry.

mod decode;
mod directory;
mod encode;
mod probe;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
