//! GIF 87a and 89a. Decoded to whole frames, encoded with a palette for each frame.

mod canvas;
mod decode;
mod encode;
mod header;
mod probe;
mod quantise;
mod strip;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
pub(super) use strip::strip;
