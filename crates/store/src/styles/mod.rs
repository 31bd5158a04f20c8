//! Styles that wrap styles and add one behaviour.

mod cached;
#[cfg(test)]
mod tests;

pub use cached::{CacheLimits, Cached};
