//! Huffman codes (ITU-T T.81, section C and annex F.2.2), and what makes reading them fast: tables that are looked up
//! with the next bits of the file, whose entries stand for one or more whole symbols with the bits that follow them.
//!
//! `specification.rs` is a table as a file has it and `code.rs` its codes one by one. `difference.rs` gives DC
//! differences, `values.rs` up to two AC coefficients at once, `skips.rs` steps over as many as fit, and `patterns.rs`
//! does so but notes which are not 0.

mod code;
mod difference;
mod patterns;
mod skips;
mod specification;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use code::{Code, Symbol};
pub(crate) use difference::Differences;
pub(crate) use patterns::{BITS as PATTERN_BITS, Patterns};
pub(crate) use skips::{BITS as SKIP_BITS, Skips};
pub(crate) use specification::{Class, Specification, Specifications, read};
pub(crate) use values::{BITS as VALUE_BITS, Pair, Values};

/// A table of entries that are nothing yet.
#[allow(clippy::unnecessary_box_returns, reason = "tables are too large for the stack")]
fn blank<T: Clone + Default, const LENGTH: usize>() -> Box<[T; LENGTH]> {
    match vec![T::default(); LENGTH].try_into() {
        Ok(table) => table,
        Err(_) => unreachable!("a vector of that length"),
    }
}

/// What the symbols of AC coefficients mean whose size is 0 and whose run is not 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Sequential: the rest of the block is 0, whatever the run says (as libjpeg has it; only 0 is legal).
    Block,
    /// Progressive: the rest of this and of further blocks (section G.1.2.2), whose number follows unless the run is 0.
    Band,
}
