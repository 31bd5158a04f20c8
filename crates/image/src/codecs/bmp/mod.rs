//! Windows bitmap, by the `image` crate.

mod decode;
mod encode;
mod probe;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
