//! What is told about variants, and to whom.
//!
//! [`Notices`] puts a job for everybody who wants to know, before what it tells of can be forgotten; [`Telling`] does these
//! jobs. Each [`Endpoint`] has a lane and a runner of its own: one that is slow or gone holds up nobody else.

mod endpoint;
mod kind;
mod put;
mod telling;
#[cfg(test)]
mod tests;

pub use endpoint::{Endpoint, lane};
pub use kind::Kind;
pub use put::Notices;
pub(crate) use put::Occasion;
pub use telling::Telling;
