//! SVG 1.1, static: parsed by usvg, drawn by resvg. Decoded only.
//!
//! Nothing outside of the document is read: no files, no network, no style sheets, no external entities. `budget.rs`
//! bounds what a document may expand to before it is parsed further, `cost.rs` what it may cost to draw, `images.rs`
//! decodes embedded pictures with our own decoders and limits.

mod budget;
mod cost;
mod decode;
mod document;
mod images;
mod probe;
mod size;
#[cfg(test)]
mod tests;

use super::codec::Codec;

/// How SVG is read.
pub(super) static CODEC: Codec = Codec { probe: probe::probe, decode: Some(decode::decode), encode: None, strip: None };
