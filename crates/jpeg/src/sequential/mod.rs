//! Baseline and extended sequential files (ITU-T T.81, annex F): each block is read once and goes straight into
//! samples, by way of the coefficients of one row of MCUs.
//!
//! `block.rs` reads one block, `scan.rs` a scan of them, and `decode.rs` a file.

mod block;
mod decode;
mod scan;

pub(crate) use decode::decode;
