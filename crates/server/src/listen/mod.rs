//! Sockets: accepting connections, bounding what each may cost, and draining them at the end.

mod guard;
mod serve;
mod workers;

pub use serve::{ConnectionLimits, Listener, routed, serve};
pub use workers::Workers;
