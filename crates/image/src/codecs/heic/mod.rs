//! HEIC: HEVC in HEIF. The container is read by `codecs::isobmff`; pixels only with the cargo feature `heic`, by the
//! system's libheif (`library.rs`).

mod decode;
#[cfg(feature = "heic")]
mod library;
mod probe;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use probe::probe;
