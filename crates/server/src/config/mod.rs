//! The configuration: one TOML file, an environment twin of every key, and what the command line adds.
//!
//! [`Config::load`] reads everything before it returns an error: [`Mistakes`] names each mistake with its key and
//! value. `docs/configuration.md` is the reference of every key; its examples are read by the tests of this module.

mod access;
mod admin;
mod allow;
mod analysers;
mod aws;
mod blacklist;
mod database;
mod delivery;
pub mod dit_ecs;
mod drop_in;
mod environment;
mod formats;
mod jobs;
mod language;
mod listeners;
mod mistake;
mod mounts;
mod origin;
mod output;
mod presets;
mod read;
mod resources;
mod results;
mod save;
mod secrets;
mod section;
mod sources;
mod styles;
mod suggest;
#[cfg(test)]
mod tests;
mod uploads;
mod video;
mod webhook;
mod worker;

pub use access::Access;
pub use admin::Admin;
pub use analysers::{Analysers, FaceFinder};
pub use blacklist::Blacklist;
pub use database::Database;
pub use delivery::{Delivery, Fallback};
pub use dit_ecs::DitEcs;
pub use jobs::Jobs;
pub use language::{Dit, Language, Thumbor};
pub use listeners::{Log, LogFormat, Server};
pub use mistake::{Mistake, Mistakes};
pub use mounts::Mount;
pub use origin::Remote;
pub use presets::{Preset, Words};
pub use read::{Config, Overrides};
pub use resources::{Cache, Permits};
pub use save::Save;
pub use secrets::SecretTimes;
pub use sources::{Location, Source};
pub use styles::Styles;
pub use uploads::Uploads;
pub use video::Video;
pub use webhook::{Endpoint, Webhook};
pub use worker::{Worker, WorkerHttp};
