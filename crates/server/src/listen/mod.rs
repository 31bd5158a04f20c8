//! Sockets: accepting connections, bounding what each may cost, and draining them at the end.

mod guard;
mod serve;

pub use serve::{ConnectionLimits, Listener, serve};
