//! Times as RFC 3339 writes them, in UTC.

mod read;
mod text;

pub use read::read;
pub use text::text;
