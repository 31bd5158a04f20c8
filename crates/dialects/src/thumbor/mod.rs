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

use lightmill_recipe::{Input, Locator, Meta, Output, Recipe};

use crate::{Error, Request, Wish, query};

/// What a URL asks for. `path` and `query` are as on the wire, `accept` is the header.
///
/// The signature is not looked at: [`signature::verify`] does that, on the same path. Names of filters without effect
/// and of all query parameters are in [`Request::ignored`].
///
/// # Errors
/// As [`Url::parse`] and [`lower()`]; [`Error::Value`] for a `callback` that is no name.
pub fn parse(path: &str, query: Option<&str>, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    let url = Url::parse(path, options)?;
    let lowered = lower(&url, accept, options)?;
    let main = lowered.recipe.main().and_then(Input::locator).cloned();
    // A picture of one colour is stored nowhere.
    let main = main.unwrap_or(Locator::key(""));
    let (locator, wish) = match lowered.answer {
        Answer::Original => (url.image.locator()?, Wish::Original),
        Answer::Picture => (main, Wish::Transform(lowered.recipe)),
        Answer::Meta(extras) => {
            let name = match &url.image {
                Image::Object { key, .. } => key.clone(),
                Image::Colour(_) => return Err(Error::NoKey),
            };
            let callback = if options.flavour == Flavour::Thumbor { callback(query)? } else { None };
            (main, Wish::Transform(told(lowered.recipe, extras, name, callback, options.flavour)))
        }
        Answer::Parameters => (main, Wish::Text { content_type: "application/json", body: parameters(&url, path) }),
    };
    let mut ignored = lowered.ignored;
    let known: &[&str] = if url.meta && options.flavour == Flavour::Thumbor { &[CALLBACK] } else { &[] };
    ignored.extend(query::names_except(query, known));
    ignored.truncate(16);
    Ok(Request { locator, wish, directives: lowered.directives, ignored })
}

/// What options and filters without a picture (`fit-in/200x200/filters:quality(80)`) ask of the object at `locator`.
///
/// # Errors
/// As [`parse`].
pub fn parse_options(text: &str, locator: &Locator, accept: Option<&str>, options: &Options) -> Result<Request, Error> {
    // The language needs a picture behind its options.
    let mut request = parse(&format!("/unsafe/{}/picture", text.trim_matches('/')), None, accept, options)?;
    if let Wish::Transform(recipe) = &mut request.wish
        && let Some(main) = recipe.inputs.first_mut().and_then(Input::locator_mut)
    {
        main.clone_from(locator);
    }
    Ok(Request { locator: locator.clone(), ..request })
}

/// The query parameter that names a function of JavaScript (Thumbor's `meta`).
const CALLBACK: &str = "callback";

/// The function that is called with the answer of `meta`.
fn callback(query: Option<&str>) -> Result<Option<String>, Error> {
    let Some(name) = query::single(query, CALLBACK)? else { return Ok(None) };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
    match name.len() {
        1..=64 if name.bytes().all(is_name) => Ok(Some(name.into_owned())),
        _ => Err(Error::Value("callback must be a name of 1 to 64 letters, digits, `_`, `$` and `.`".to_owned())),
    }
}

/// The recipe whose result is told instead of made.
fn told(mut recipe: Recipe, extras: MetaExtras, name: String, callback: Option<String>, flavour: Flavour) -> Recipe {
    let meta = match flavour {
        Flavour::Thumbor => Meta::Operations { name, callback },
        Flavour::Imagor => Meta::Picture {
            // Components outside of this are refused before.
            blurhash: extras.blurhash.map(|(across, down)| (across.clamp(1, 9) as u8, down.clamp(1, 9) as u8)),
            thumbhash: extras.thumbhash,
            average_colour: extras.average_colour,
        },
    };
    for output in &mut recipe.outputs {
        if let Output::Picture(picture) = output {
            *output = Output::Meta { meta: meta.clone(), picture: picture.clone() };
        }
    }
    recipe
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
