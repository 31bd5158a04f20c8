//! Servers of other people that tests start on the loopback interface, and stop.
//!
//! What they are installed from stands in `tools/` of this crate; `./dev test` installs it.

mod moto;

pub use moto::Moto;
