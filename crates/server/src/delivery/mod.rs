//! From a result or an object to a response: preconditions, ranges, headers, bodies.
//!
//! * [`precondition`]: `If-Match`, `If-None-Match` and the dates, before any work is done.
//! * [`range`]: which bytes of a representation are sent.
//! * [`headers`]: what every answer says about itself.
//! * [`body`]: bytes in memory, and objects streamed as fast as the client takes them.

pub mod body;
pub mod headers;
pub mod precondition;
pub mod range;
