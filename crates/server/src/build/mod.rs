//! From a configuration to a service: what it names is opened and put together.
//!
//! [`Parts`] is what was opened, and what the next configuration takes over where it says the same; `sources.rs` opens
//! where objects are and are written, `results.rs` where results are kept, `keys.rs` reads who may ask,
//! `jobs.rs` opens where jobs are taken, `database.rs` where they are kept, `webhooks.rs` who tells servers, `analysers.rs`
//! chooses who looks at pictures, `videos.rs` who works on videos.

mod analysers;
mod database;
mod jobs;
mod keys;
mod parts;
mod results;
mod sources;
mod videos;
mod webhooks;

use lightmill_mill::Persistence;
use std::path::Path;

use crate::config::{Config, Mistake, Mistakes};
use crate::mounts::{Service, Table};

pub(crate) use database::queue;
pub(crate) use jobs::board;
pub(crate) use parts::Parts;
pub(crate) use results::persistence;
pub(crate) use sources::written;
pub(crate) use webhooks::{endpoints, secrets};

/// The mounts that `config` describes, without anything behind them: enough to find and sign URLs. Keys that have to be
/// read are not known before [`Table::read_keys`].
pub fn table(config: &Config) -> Table {
    keys::mounts(config, None)
}

/// Opens sources and styles, and puts the mill and the mounts together. Results are kept in memory only: what a running
/// process works with is left alone.
///
/// # Errors
/// Every key of the configuration whose folder or file cannot be opened.
pub fn service(config: &Config) -> Result<Service, Mistakes> {
    Ok(Parts::open(config.clone(), Persistence::default(), None)?.service())
}

/// Looks for the tools that work on videos, as a start does.
///
/// # Errors
/// Tools that are missing where the configuration wants videos served, and a box that this machine does not have.
pub async fn check_tools(config: &Config) -> Result<(), Mistakes> {
    videos::find(videos::videos(&config.video).as_ref(), &config.video).await
}

/// A file that cannot be used.
pub(crate) fn mistake(key: &str, value: &Path, error: &dyn std::fmt::Display) -> Mistake {
    Mistake { key: key.to_owned(), value: Some(format!("\"{}\"", value.display())), problem: error.to_string() }
}
