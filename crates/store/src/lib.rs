//! Where bytes and styles live.
//!
//! 1. [`Source`]: objects by key; [`Source::stat`] tells size and version, [`Source::read`] streams the bytes.
//! 2. [`local`]: objects and styles in a folder of this machine.
//! 3. [`http`]: objects of an HTTP(S) origin.
//! 4. [`guard`]: sources that wrap a source and add one behaviour: a timeout, retries, metrics.
//! 5. [`collect`]: a whole object in memory, never more than a stated number of bytes.
//! 6. [`Styles`]: texts by name, which a dialect reads as recipes.
//!
//! Every source shows the same behaviour, which the suite in `testing` states; a new one starts by passing it.

mod collect;
mod error;
pub mod guard;
pub mod http;
pub mod local;
mod source;
mod style;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use async_trait::async_trait;
pub use collect::collect;
pub use error::Error;
pub use source::{Object, Source, Stat, Version};
pub use style::{Style, Styles};
