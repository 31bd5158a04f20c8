//! What a mount says about the language of Dynamic Image Transformation's ECS engine: how URLs are read, and where origins,
//! mappings and policies are.
//!
//! `read.rs` reads the section; `origins.rs` opens the way from an origin to a source, for which `bucket.rs` knows the hosts
//! of buckets; `filled.rs` puts into a configuration what a table holds.

mod bucket;
mod filled;
mod origins;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lightmill_dialects::dit_ecs;
use lightmill_store::aws;

pub use filled::{Filled, Reading};
pub(super) use origins::Around;

/// What a mount says about the language.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the configuration")]
pub struct DitEcs {
    /// Whether mistakes of the reference server are kept ([`dit_ecs::Options::compat`]).
    pub compat: bool,
    /// Whether EXIF orientation is applied.
    pub respect_orientation: bool,
    /// Whether wrong values are refused.
    pub strict: bool,
    /// Whether an edge function in front sets the `dit-` headers, and takes them off what clients send.
    pub trusted_edge: bool,
    /// The request header that may name an origin.
    pub origin_header: Option<String>,
    /// Transformations of one request (`MAX_TRANSFORMATIONS`).
    pub max_transformations: usize,
    /// Where origins, mappings and policies are, if not in the configuration itself.
    pub table: Option<ConfigTable>,
    /// Origins, mappings and policies as they are written, before they are taken over.
    pub(super) written: Option<dit_ecs::ConfigEntries>,
    /// Origins, mappings and policies; `None` as long as the table has not been read.
    pub contents: Option<Arc<dit_ecs::Config>>,
    /// What the table took to be read at first.
    pub read_in: Duration,
    /// Names of all sources that its origins read.
    pub sources: Vec<String>,
    /// Sources that take the place of an origin's host.
    pub replaced: BTreeMap<String, String>,
    /// Who asks its buckets.
    pub aws: aws::Settings,
}

/// A table of DynamoDB, as the reference server keeps its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigTable {
    /// Its name, or its ARN.
    pub name: String,
    /// Where it is, and who asks it.
    pub aws: aws::Settings,
    /// How often it is read.
    pub refresh_time: Duration,
}
