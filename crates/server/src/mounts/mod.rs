//! What is served under which host and path, and how a request there is answered.
//!
//! [`Table`] finds the mount; [`Service`] is the road of a request in one function; `original` and `result` are its
//! two ends, `fallback` what is shown where they fail; `save` keeps
//! a result that is `posted`.

mod fallback;
mod jobs;
mod keys;
mod mount;
mod original;
mod posted;
mod read;
mod result;
mod save;
mod service;
mod table;
mod target;

pub use keys::Guard;
pub use mount::Mount;
pub use service::Service;
pub use table::Table;
pub use target::Target;

#[cfg(test)]
pub(crate) use mount::tests;
