//! The URL language of AWS Dynamic Image Transformation (formerly Serverless Image Handler), Lambda engine.
//!
//! A request is base64 of JSON (`{"bucket", "key", "edits": {…}}`), or a path in Thumbor's style
//! (`/fit-in/300x200/filters:quality(80)/photo.jpg`), possibly rewritten by a regular expression first; query parameters
//! (`?width=300&format=webp`) change either.
//!
//! * [`ImageRequest`] is everything that a request says, typed; [`ImageRequest::read`] reads every form,
//!   [`ImageRequest::to_path`] writes the base64 form.
//! * [`edits`] is the one ordered list of edits, [`filters`] that of the path's filters, [`parameters`] that of the query's
//!   parameters: reader, writer and `docs/dialects/dit.md` come from them.
//! * [`lower()`] turns a request into a recipe whose operations are in the order of sharp's pipeline.
//!   [`parse`] is the whole way, from a request to a [`Request`].
//! * [`access`] verifies signatures and expiries, [`Settings`] reads the reference server's environment, [`Error`] is its
//!   table of errors.

pub mod access;
mod definition;
mod edits;
mod environment;
mod error;
mod format_wish;
mod headers;
mod lower;
mod options;
mod path;
mod query;
mod recognise;
mod request;
mod rewrite;

#[cfg(test)]
mod documentation;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;

pub use definition::Definition;
pub use edits::edits;
pub use environment::{Cors, Fallback, Secret, Settings, SettingsError};
pub use error::Error;
pub use format_wish::FormatWish;
pub use lower::lower;
pub use options::Options;
pub use path::{Argument, Filter, filters};
pub use query::{QueryParameter, parameters};
pub use recognise::is_encoded;
pub use request::{Edit, ImageRequest, MAX_LENGTH, Reading};
pub use rewrite::{Rewrite, RewriteError};

use lightmill_recipe::Locator;

use crate::{Directives, Request, Wish};

/// What a URL asks for. `path` and `query` are as on the wire, `accept` is the header.
///
/// Signature and expiry are not looked at: [`access::verify`] does that, on the same path and query.
///
/// # Errors
/// [`crate::Error::Dit`] for what is wrong.
pub fn parse(
    path: &str,
    query: Option<&str>,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, crate::Error> {
    wanted(ImageRequest::read(path, query, options)?, accept, options)
}

/// What `words` ask for of the object at `locator`: a request in JSON without its picture, such as
/// `{"edits": {"resize": {"width": 200}}, "outputFormat": "webp"}`.
///
/// # Errors
/// [`crate::Error::Dit`] for what is wrong.
pub fn parse_words(
    words: &str,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, crate::Error> {
    wanted(ImageRequest::read_words(words, locator, options)?, accept, options)
}

fn wanted(
    Reading { request, ignored }: Reading,
    accept: Option<&str>,
    options: &Options,
) -> Result<Request, crate::Error> {
    let lowered = lower(&request, accept, options)?;
    let locator = request.locator()?;
    let wish = if lowered.original { Wish::Original } else { Wish::Transform(lowered.recipe) };
    let ignored = ignored.into_iter().chain(lowered.ignored).take(16).collect();
    let directives = Directives { headers: lowered.response.headers, ..Directives::default() };
    Ok(Request { locator, wish, directives, ignored })
}
