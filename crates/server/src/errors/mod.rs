//! From what went wrong to what a client is told.
//!
//! * [`Problem`]: everything that can go wrong with a request.
//! * [`table`]: the one table from a kind of problem to status and name.
//! * [`answer`]: the response in the dialect's [`Shape`]; details go to the log.

mod answer;
mod dit_ecs;
mod problem;
mod shape;
mod table;

pub use answer::{answer, internal, log};
pub use problem::Problem;
pub use shape::Shape;
