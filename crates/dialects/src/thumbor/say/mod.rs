//! From a recipe back to a URL.
//!
//! * [`say`] writes, and proves each URL by reading it again: what comes out is the recipe that went in, or an error.
//! * [`Writer`] is the picture that is being written, [`Frame`] its steps by their place in the URL.
//! * Filters say themselves, each beside its meaning: see `filters`.

mod call;
mod difference;
mod frame;
mod number;
mod tone;
mod writer;

use lightmill_recipe::Recipe;

pub(super) use call::{Said, Say, once};
pub(super) use frame::Frame;
pub(super) use number::{decimal, integer, shortest};
pub(super) use tone::{contrast_of, curve_of, mix_of, parts_of, percents_of};
pub(super) use writer::Writer;

use super::{MAX_LENGTH, Options, Url, lower};
use crate::{Directives, Unsayable};

/// The URL whose meaning is exactly `recipe`, with `unsafe` in the place of a signature.
///
/// What a mount or a client decides is not part of it: the formats that `Accept` prefers, and whether EXIF orientation is
/// applied, which must be as `options` have it.
///
/// # Errors
/// Everything that the language cannot say, each once; nothing is left out or approximated.
pub fn say(recipe: &Recipe, directives: &Directives, options: &Options) -> Result<Url, Vec<Unsayable>> {
    let url = Writer::new(recipe, directives, options)?.url()?;
    let path = url.to_path(options.flavour);
    let too_long = || Unsayable::new("the URL", format!("it has {} bytes of at most {MAX_LENGTH}", path.len()));
    if path.len() > MAX_LENGTH {
        return Err(vec![too_long()]);
    }
    let silent = Options { negotiate: Vec::new(), ..options.clone() };
    let read = Url::parse(&path, &silent).and_then(|url| lower(&url, None, &silent));
    let read = read.map_err(|error| vec![Unsayable::new("the URL", error.to_string())])?;
    let mut differences = difference::between(recipe, &read.recipe);
    if *directives != read.directives {
        differences.push(Unsayable::new("what is said about the answer", "it has no filter in this language"));
    }
    if differences.is_empty() { Ok(url) } else { Err(differences) }
}

#[cfg(test)]
mod tests;
