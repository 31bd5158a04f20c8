//! The same wish in another dialect, or what cannot be said there.
//!
//! * [`convert()`] reads a [`Request`] of any dialect and writes it in another: a path and a query.
//! * `sizes` holds what the two ways of resizing have in common, proved on their geometry; `steps`, `marks` and `output`
//!   the same for everything else. Each of them turns values that mean the same into each other.
//! * Where the two pictures would differ in some cases, a [`Note`] says in which; what would be another picture in every
//!   case is an [`Unsayable`].

mod marks;
mod note;
mod output;
mod sizes;
mod steps;
mod translate;
mod words;

use lightmill_recipe::{Locator, Operation, Recipe};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub use note::Note;
use words::Words;

use crate::{Directives, Request, Unsayable, Wish, oss, thumbor};

/// The dialect to convert to, with what its mount says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `x-oss-process`.
    Oss(oss::Options),
    /// Thumbor's, or imagor's.
    Thumbor(thumbor::Options),
}

/// A dialect, by the name that command lines give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `x-oss-process`.
    Oss,
    /// Thumbor's.
    Thumbor,
    /// imagor's.
    Imagor,
}

impl Target {
    /// The dialect as a mount has it that says nothing: EXIF orientation is applied.
    pub fn of(dialect: Dialect) -> Self {
        let upright =
            |flavour| Self::Thumbor(thumbor::Options { respect_orientation: true, ..thumbor::Options::of(flavour) });
        match dialect {
            Dialect::Oss => Self::Oss(oss::Options::default()),
            Dialect::Thumbor => upright(thumbor::Flavour::Thumbor),
            Dialect::Imagor => upright(thumbor::Flavour::Imagor),
        }
    }

    /// Which dialect it is.
    pub const fn dialect(&self) -> Dialect {
        match self {
            Self::Oss(_) => Dialect::Oss,
            Self::Thumbor(options) => match options.flavour {
                thumbor::Flavour::Thumbor => Dialect::Thumbor,
                thumbor::Flavour::Imagor => Dialect::Imagor,
            },
        }
    }
}

/// A wish in the words of another dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// Path and query within the mount, not signed.
    pub text: String,
    /// In which cases the result is another one, each once.
    pub notes: Vec<Note>,
}

/// A wish that another dialect has no words for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", what.iter().map(Unsayable::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CannotSay {
    /// Everything that it cannot say; at least one.
    pub what: Vec<Unsayable>,
}

/// The same wish in another dialect.
///
/// # Errors
/// [`CannotSay`], with everything for which the dialect has no words.
pub fn convert(request: &Request, to: &Target) -> Result<Converted, CannotSay> {
    let unsayable = |what: &str, why: &str| CannotSay { what: vec![Unsayable::new(what, why)] };
    match &request.wish {
        Wish::Transform(recipe) => transform(recipe, &request.directives, to),
        Wish::Original => original(request, to),
        Wish::Style { name } => {
            Err(unsayable("style", &format!("what {name} stands for is not in the URL; convert its text")))
        }
        Wish::Text { .. } => Err(unsayable("text", "it is not about a picture")),
    }
}

fn transform(recipe: &Recipe, directives: &Directives, to: &Target) -> Result<Converted, CannotSay> {
    let mut notes = Vec::new();
    let translated = translate::recipe(recipe, Words::of(to), &mut notes);
    let text = match to {
        Target::Thumbor(options) => thumbor(&translated, directives, options),
        Target::Oss(options) => oss(&translated, directives, options, &mut notes),
    };
    let text = text.map_err(|problems| {
        let mut what = Vec::new();
        for problem in problems.into_iter().map(|problem| words::as_wished(problem, recipe)) {
            if !what.contains(&problem) {
                what.push(problem);
            }
        }
        CannotSay { what }
    })?;
    notes.sort();
    notes.dedup();
    Ok(Converted { text, notes })
}

fn thumbor(recipe: &Recipe, directives: &Directives, options: &thumbor::Options) -> Result<String, Vec<Unsayable>> {
    thumbor::say(recipe, directives, options).map(|url| url.to_path(options.flavour))
}

fn oss(
    recipe: &Recipe,
    directives: &Directives,
    options: &oss::Options,
    notes: &mut Vec<Note>,
) -> Result<String, Vec<Unsayable>> {
    let mut problems = output::unsayable(recipe);
    if directives.expires_at.is_some() {
        problems.push(Unsayable::new("expire", "sign the URL with `lm-expires`"));
    }
    if directives.attachment.is_some() {
        problems.push(Unsayable::new("attachment", "no action makes a download"));
    }
    notes.extend(directives.max_age.map(|_| Note::MaxAge));
    let said = oss::format(recipe, options);
    if let Err(error) = &said {
        let steps = recipe.main().map(|main| main.operations.as_slice()).unwrap_or_default();
        let each: Vec<_> = steps.iter().filter_map(|step| oss_step(recipe, step, options)).collect();
        // What no step is to blame for belongs to the whole.
        problems.extend(if each.is_empty() { vec![Unsayable::new("the recipe", error.to_string())] } else { each });
    }
    let path = match recipe.main().and_then(|main| main.locator()) {
        Some(locator) => key(locator),
        None => Err(Unsayable::new("the picture", "it is stored nowhere")),
    };
    match (said, path) {
        (Ok(actions), Ok(path)) if problems.is_empty() => Ok(format!("{path}?x-oss-process={actions}")),
        (_, path) => {
            problems.extend(path.err());
            Err(problems)
        }
    }
}

/// Why one step alone cannot be said.
fn oss_step(recipe: &Recipe, step: &Operation, options: &oss::Options) -> Option<Unsayable> {
    let mut alone = recipe.clone();
    alone.inputs.first_mut()?.operations = vec![step.clone()];
    let error = oss::format(&alone, options).err()?;
    Some(Unsayable::new(step.name(), words::why(step).map_or_else(|| error.to_string(), str::to_owned)))
}

fn original(request: &Request, to: &Target) -> Result<Converted, CannotSay> {
    let unsayable = |problem| CannotSay { what: vec![problem] };
    let text = match to {
        Target::Oss(_) => key(&request.locator).map_err(unsayable)?,
        Target::Thumbor(options) if options.flavour == thumbor::Flavour::Imagor => {
            let url = thumbor::say(&raw(&request.locator, options), &request.directives, options);
            let mut url = url.map_err(|what| CannotSay { what })?;
            url.filters.push(thumbor::Filter::Ignored { name: "raw".to_owned(), arguments: Some(String::new()) });
            url.to_path(options.flavour)
        }
        Target::Thumbor(_) => return Err(unsayable(Unsayable::new("the stored bytes", "only imagor has `raw()`"))),
    };
    Ok(Converted { text, notes: Vec::new() })
}

/// What a URL with nothing but a key means.
fn raw(locator: &Locator, options: &thumbor::Options) -> Recipe {
    let mut notes = Vec::new();
    let mut plain = Recipe::new(locator.clone());
    for output in &mut plain.outputs {
        if let lightmill_recipe::Output::Picture(picture) = output {
            picture.profile = lightmill_recipe::Profile::Keep;
        }
    }
    translate::recipe(&plain, Words::Thumbor { flavour: options.flavour, upright: true }, &mut notes)
}

/// What stands in a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

fn key(locator: &Locator) -> Result<String, Unsayable> {
    match locator {
        Locator { source: None, key } => Ok(format!("/{}", utf8_percent_encode(key, PATH))),
        Locator { .. } => Err(Unsayable::new("the picture", "a URL does not choose among sources")),
    }
}

#[cfg(test)]
mod tests;
