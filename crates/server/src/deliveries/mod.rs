//! What is told to webhooks, for whoever looks after it: beside the processes that tell it, over the same files.
//!
//! `database.rs` opens what the configuration names, `delivery.rs` is one of those that wait there or did.

mod database;
mod delivery;

pub use database::Deliveries;
pub use delivery::Delivery;
pub use lightmill_jobs::rfc3339::read as time;
pub use lightmill_jobs::{Error, State};
