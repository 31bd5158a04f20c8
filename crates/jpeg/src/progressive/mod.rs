//! Progressive files (ITU-T T.81, annex G), of which only those scans are read that a wanted coefficient depends on.
//!
//! `plan.rs` finds the scans and chooses among them, `store.rs` keeps the wanted coefficients, and `decode.rs` puts the
//! parts together: `dc.rs` reads scans of DC coefficients, `first.rs` those that begin a band of AC coefficients, and
//! `refine.rs` those that add a bit to it.

mod dc;
mod decode;
mod first;
mod plan;
mod refine;
mod store;

pub(crate) use decode::decode;
