//! Tables of DynamoDB: styles, as the open-source OSS servers keep them there, asked for one by one; and small tables that
//! are read as a whole.

mod items;
mod styles;
#[cfg(test)]
mod tests;

pub use items::ItemTable;
pub use styles::StyleTable;
