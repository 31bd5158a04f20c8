//! The URL language of AWS Dynamic Image Transformation, ECS engine (version 8).
//!
//! The path is that of the picture (`/photos/a.jpg?resize.width=300&format=webp`), or base64url of JSON (`{"path", "edits",
//! "policyId"}`). A configuration says which origin a path or host belongs to, and which policy, a stored list of
//! transformations, is added.
//!
//! * [`ImageRequest`] is what a URL says, typed; [`ImageRequest::read`] reads both forms, [`ImageRequest::to_path`] writes the
//!   second.
//! * [`transformations`] is the one ordered list of them: reader, writer and `docs/dialects/dit-ecs.md` come from it.
//! * [`Config`] holds origins, mappings and policies, read from DynamoDB's items or from a file.
//! * [`resolve`] finds origin and policy, weighs conditions and the client's hints; [`lower()`] turns the outcome into steps
//!   in the order of sharp's pipeline. [`parse`] is the whole way, from a request to a [`Request`].

mod config;
mod error;
mod hints;
mod lower;
mod options;
mod query;
mod recognise;
mod request;
mod resolve;
mod transformations;

#[cfg(test)]
mod documentation;
#[cfg(test)]
mod properties;

pub use config::{
    AutoFormat, Autosize, Condition, Config, ConfigEntries, ConfigError, Mapping, Origin, Outputs, Pattern, Policy,
    PolicyEntry, QualityOutput, QualityRange,
};
pub use error::Error;
pub use hints::{Headers, Hints};
pub use lower::lower;
pub use options::Options;
pub(crate) use recognise::{is_encoded, says};
pub use request::{ImageRequest, MAX_LENGTH, Reading, Transformation};
pub use resolve::{Resolved, resolve};
pub use transformations::{Definition, transformations};

use crate::{Directives, Request, Wish};

/// The headers that a browser is asked to send (the W3C's "Responsive Image Client Hints").
const ACCEPT_CH: &str = "Sec-CH-DPR, Sec-CH-Viewport-Width, Sec-CH-Width";

/// What a URL asks for. `path` and `query` are as on the wire.
///
/// # Errors
/// [`crate::Error::DitEcs`] for what is wrong.
pub fn parse(
    path: &str,
    query: Option<&str>,
    headers: &Headers<'_>,
    config: &Config,
    options: &Options,
) -> Result<Request, crate::Error> {
    let Reading { request, mut ignored } = ImageRequest::read(path, query, options)?;
    let resolved = resolve(&request, headers, config, options)?;
    let lowered = lower(&resolved, config, options)?;
    let wish = if lowered.original { Wish::Original } else { Wish::Transform(lowered.recipe) };
    ignored.extend(lowered.ignored);
    ignored.truncate(16);
    let mut said = lowered.response.headers;
    if config.takes_hints() && !options.trusts_edge {
        said.push(("accept-ch".to_owned(), ACCEPT_CH.to_owned()));
    }
    let directives = Directives { headers: said, vary: resolved.vary, pictures_only: true, ..Directives::default() };
    Ok(Request { locator: resolved.locator, wish, directives, ignored })
}
