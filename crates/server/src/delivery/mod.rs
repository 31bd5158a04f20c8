//! From a result or an object to a response: preconditions, ranges, headers, bodies.
//!
//! * [`precondition`]: `If-Match`, `If-None-Match` and the dates, before any work is done.
//! * [`range`]: which bytes of a representation are sent.
//! * [`headers`]: what every answer says about itself; [`freshness`] how long it may be kept, `disposition` whether it is
//!   shown or saved, `cors` who may read it.
//! * [`body`]: bytes in memory, and objects streamed as fast as the client takes them.

pub mod body;
mod cors;
mod date;
mod disposition;
pub mod freshness;
pub mod headers;
pub mod precondition;
pub mod range;

pub use cors::Cors;
pub use disposition::Disposition;
