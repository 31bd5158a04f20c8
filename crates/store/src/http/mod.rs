//! Objects of an HTTP(S) origin.
//!
//! `settings.rs` says what is configured, `key.rs` how a key becomes a URL, `source.rs` asks, `client.rs` follows
//! redirects, `post.rs` sends documents to servers that a client names, `get.rs` gets small ones, `connect.rs` connects,
//! `answer.rs` reads heads, `body.rs` gives bytes, `ssrf/` keeps away from addresses that are not public.
//!
//! The origin's answers are believed where they can be checked, and refused where they cannot: bytes are counted, and
//! nothing is inflated. Only connecting has a time limit here; [`crate::guard::Timed`] bounds the rest.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod client;
mod connect;
mod get;
mod key;
mod post;
mod settings;
mod source;
mod ssrf;
#[cfg(test)]
mod tests;
pub(crate) mod trust;

pub use get::Getter;
pub use post::{Posted, Poster, PosterSettings};
pub use settings::{BaseUrl, BaseUrlError, HttpSettings};
pub use source::{HttpSource, HttpSourceError};
pub use ssrf::{AddressClass, Allowed, AllowedError, Resolve, SystemResolver};
