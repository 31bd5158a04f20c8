//! What is served under which host and path, and how a request there is answered.
//!
//! [`Table`] finds the mount, [`Language`] reads what is asked for; [`Service`] is the road of a request in one function; `original` and `result` are its
//! two ends, `fallback` what is shown where they fail; `save` keeps
//! a result that is `posted`, `uploads` a picture that is `sent`; what is `ordered` has nobody
//! who waits for it; a `part` belongs to a video or a sheet that has the rest of the URL; `blacklist` says which are not shown.

mod blacklist;
mod convert;
mod dit_ecs;
mod fallback;
mod film;
mod health;
mod hls;
mod jobs;
mod keys;
mod language;
mod mount;
mod ordered;
mod original;
mod part;
mod posted;
mod result;
mod save;
mod sent;
mod service;
mod table;
mod target;
mod thumbnails;
mod uploads;

pub use keys::Guard;
pub use language::Language;
pub use mount::{Guards, Mount};
pub use service::Service;
pub use table::Table;
pub use target::Target;

#[cfg(test)]
pub(crate) use mount::tests;
