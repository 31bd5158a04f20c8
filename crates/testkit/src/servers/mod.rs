//! Servers that tests start on the loopback interface, and stop: those of other people, and one of their own.
//!
//! What other people's are installed from stands in `tools/` of this crate; `./dev test` installs it.

mod azurite;
mod fake_gcs;
mod listening;
mod moto;
mod process;
pub mod raw;
#[cfg(feature = "s3s")]
mod s3s;
mod tables;

#[cfg(feature = "s3s")]
pub use self::s3s::S3sFs;
pub use azurite::Azurite;
pub use fake_gcs::FakeGcs;
pub use moto::Moto;
pub use tables::jobs_table;
