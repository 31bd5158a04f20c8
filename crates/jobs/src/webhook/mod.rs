//! Tells a client's server that a job has ended.
//!
//! `target.rs` says where may be told, `signature.rs` proves who tells, `deliver.rs` sends.

mod deliver;
mod signature;
mod target;
#[cfg(test)]
mod tests;

pub use deliver::Webhooks;
pub use signature::{SIGNATURE, sign, verify};
pub use target::TargetError;
