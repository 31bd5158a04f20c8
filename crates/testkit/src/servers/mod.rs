//! Servers of other people that tests start on the loopback interface, and stop.
//!
//! What they are installed from stands in `tools/` of this crate; `./dev test` installs it.

mod azurite;
mod fake_gcs;
mod moto;
mod process;

pub use azurite::Azurite;
pub use fake_gcs::FakeGcs;
pub use moto::Moto;
