//! The URL language of Thumbor, and of imagor, which speaks a superset.
//!
//! `/unsafe/fit-in/300x200/filters:quality(80)/photo.jpg` is a signature or `unsafe`, options in a fixed order, filters
//! and a key.
//!
//! * [`Url`] is everything that a path says, typed; [`Url::parse`] reads it and [`Url::to_path`] writes it.
//! * [`signature`] signs and verifies: HMAC over the text exactly as it is sent.
//! * [`lower()`] turns a URL into a recipe, in the order of the reference server and with its arithmetic. [`parse`] is
//!   the whole way, from a request to a [`Request`]. [`say()`] is the way back, from a recipe to a URL.
//! * [`Flavour`] says which server's reading holds where they disagree.
//! * [`reference()`] is the one ordered list of filters: the reader, the writer and `docs/dialects/thumbor.md` come from
//!   it.

mod filters;
mod flavour;
mod lower;
mod options;
mod parameters;
mod say;
pub mod signature;
mod spline;
mod tables;
mod text;
mod url;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;

pub use filters::{
    Argument, Backdrops, Call, Definition, Filter, Form, Length, Parameter, Presence, Values, opt_in_filters, reference,
};
pub use flavour::Flavour;
pub use lower::{Answer, Lowered, MetaExtras, lower};
pub use options::Options;
pub use say::say;
pub use url::{Dimensions, FitIn, Image, MAX_LENGTH, Security, TrimWish, Url};

use lightmill_recipe::{Input, Locator};

use crate::{Error, Request, Wish, query};

/// What a URL asks for. `path` and `query` are as on the wire, `accept` is the header.
///
/// The signature is not looked at: [`signature::verify`] does that, on the same path. Names of filters without effect
/// and of all query parameters are in [`Request::ignored`].
///
/// # Errors
/// [`Error::NotBuilt`] for answers that are no picture and no stored bytes.
pub fn parse(path: &str, query: Option<&str>, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    let url = Url::parse(path, options)?;
    let lowered = lower(&url, accept, options)?;
    let main = lowered.recipe.main().and_then(Input::locator).cloned();
    // A picture of one colour is stored nowhere.
    let main = main.unwrap_or(Locator::key(""));
    let (locator, wish) = match lowered.answer {
        Answer::Original => (url.image.locator()?, Wish::Original),
        Answer::Picture => (main, Wish::Transform(lowered.recipe)),
        Answer::Meta(_) => return Err(Error::NotBuilt("meta".to_owned())),
        Answer::Parameters => (main, Wish::Text { content_type: "application/json", body: parameters(&url, path) }),
    };
    let mut ignored = lowered.ignored;
    ignored.extend(query::names_except(query, &[]));
    ignored.truncate(16);
    Ok(Request { locator, wish, directives: lowered.directives, ignored })
}

/// What imagor answers to `/params`: the fields, indented.
fn parameters(url: &Url, path: &str) -> String {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("params/").unwrap_or(path);
    let mut fields = parameters::fields(url, path);
    let behind = path.split_once('/').filter(|(first, _)| *first == "unsafe" || url::is_signature(first));
    fields.insert("path".to_owned(), behind.map_or(path, |(_, rest)| rest).into());
    // Strings and numbers, which serde_json cannot refuse.
    serde_json::to_string_pretty(&fields).unwrap_or_default()
}
