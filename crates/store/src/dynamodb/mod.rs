//! Tables of DynamoDB: styles, as the open-source OSS servers keep them there, asked for one by one; small tables that
//! are read as a whole; and tables of items that are read and written one by one.
//!
//! `table.rs` reads items, `write.rs` writes them on conditions, `address.rs` says which table is meant.

mod address;
mod items;
mod styles;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use address::Address;
pub use items::ItemTable;
pub use styles::StyleTable;
pub use table::{Item, Page, Query, Table, bytes, number, text};
pub use write::{Change, Unmet, Write};
