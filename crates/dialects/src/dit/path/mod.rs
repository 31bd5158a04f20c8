//! Paths in Thumbor's style: `/AxB:CxD/fit-in/WxH/filters:a(…):b(…)/s3:BUCKET/key`, segments in any order.

mod calls;
mod filter;
mod list;
mod read;
mod resize;
mod segments;

pub use filter::{Argument, Filter};
pub use list::filters;
pub(super) use read::read;
