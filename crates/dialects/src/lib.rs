//! The URL languages that people already have in their pages, read into recipes and written back.
//!
//! Everything here is pure text: no I/O, no pixels. A mount's dialect turns the path, the query and the `Accept` header
//! of a request into a [`Request`]; a style's stored text and a command line go through the same parser.
//!
//! 1. [`oss`]: the `x-oss-process` language of Alibaba Cloud OSS and of the open-source servers that speak it.
//! 2. [`thumbor`]: the URL language of Thumbor and imagor, with its own signatures.
//! 3. [`dit`] and [`dit_ecs`]: the two languages of AWS Dynamic Image Transformation; [`sharp`] is what they share.
//! 4. [`signature`]: `lm-signature`, for dialects without a signature of their own.
//! 5. [`negotiation`]: which formats an `Accept` header opts in to.
//! 6. [`mod@convert`]: the same wish in another dialect, or what cannot be said there.
//! 7. [`Error`]: every way in which a request can be wrong; its text is public.

mod base64url;
#[cfg(test)]
mod bounded;
pub mod client_hints;
pub mod convert;
pub mod dit;
pub mod dit_ecs;
mod error;
mod go_duration;
mod key;
pub mod negotiation;
pub mod original;
pub mod oss;
mod query;
mod recognise;
#[cfg(test)]
mod reference_page;
mod request;
pub mod sharp;
pub mod signature;
pub mod thumbor;
mod unsayable;

pub use error::{Error, ErrorKind};
pub use go_duration::go_duration;
pub use recognise::{Form, is_signature, recognise};
pub use request::{Directives, Request, Wish};
pub use unsayable::Unsayable;
