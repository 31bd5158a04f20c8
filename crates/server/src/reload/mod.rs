//! Another configuration takes the place of the one before, between two requests.
//!
//! [`Live`] is the service of the moment; [`Reloader`] puts another one there, if the whole configuration can be used;
//! [`Watch`] tells when its file has changed. `tables.rs` reads what is in tables; `restart.rs` lists the keys that count from the next start on.

mod live;
mod reloader;
mod restart;
mod tables;
#[cfg(test)]
mod tests;
mod watch;

pub use live::Live;
pub use reloader::Reloader;
pub use tables::read_tables;
pub use watch::Watch;
