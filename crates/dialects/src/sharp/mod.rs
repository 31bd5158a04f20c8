//! What the dialects of the servers built on sharp share: JSON in the order written, definitions of edits as data, and
//! the fixed order of sharp's pipeline.

mod colour;
mod encoding;
mod json;
mod lowered;
mod pipeline;
mod read;
mod schema;
pub(crate) mod steps;
mod value;

pub use colour::colour;
pub(crate) use encoding::Encoding;
pub use json::Json;
pub(crate) use lowered::recipe;
pub use lowered::{Lowered, Response};
pub(crate) use pipeline::{Pipeline, Stage};
pub(crate) use read::Reader;
pub use schema::{Parameter, Presence, Takes};
pub(crate) use schema::{optional, required};
pub use value::Value;

#[cfg(test)]
pub(crate) mod testing;
