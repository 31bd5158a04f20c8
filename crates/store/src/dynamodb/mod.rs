//! Styles in a table of DynamoDB, as the open-source OSS servers keep them there.

mod styles;
#[cfg(test)]
mod tests;

pub use styles::StyleTable;
