//! PNG (W3C PNG third edition); an APNG gives its default picture.

mod decode;
mod encode;
mod header;
mod probe;
#[cfg(test)]
mod tests;

pub(super) use decode::decode;
pub(super) use encode::encode;
pub(super) use probe::probe;
