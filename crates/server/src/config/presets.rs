use lightmill_dialects::{Error, Request, Wish, dit, oss, thumbor};
use lightmill_recipe::{Format, Locator};

use super::section::Section;

/// `[presets.NAME]`: what is done to pictures whose URLs say nothing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// The language of its recipe.
    pub words: Words,
    /// What is done, in that language.
    pub recipe: String,
    /// The source that it reads; `None` is the mount's.
    pub source: Option<String>,
    /// What stands before every key.
    pub prefix: String,
}

/// A language in which a recipe is written without naming a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// `image/resize,w_200`.
    Oss(oss::Flavour),
    /// `fit-in/200x200/filters:quality(80)`.
    Thumbor(thumbor::Flavour),
    /// `{"edits": {"resize": {"width": 200}}}`.
    Dit,
}

impl Preset {
    /// `sources`: the configured ones.
    pub(super) fn read(name: String, mut section: Section<'_>, sources: &[String]) -> Self {
        let words = words(&mut section);
        let preset = Self {
            name,
            words,
            recipe: section.take("recipe", String::new()),
            source: section.optional("source"),
            prefix: section.take("prefix", String::new()),
        };
        if let Some(source) = preset.source.as_ref().filter(|source| !sources.contains(source)) {
            section.mistake("source", source, format!("is not configured; there are: {}", sources.join(", ")));
        }
        preset.check(&section);
        section.finish();
        preset
    }

    /// One in the words of OSS, which is right.
    pub(super) fn oss(name: &str, recipe: &str) -> Self {
        let words = Words::Oss(oss::Flavour::Aliyun);
        Self { name: name.to_owned(), words, recipe: recipe.to_owned(), source: None, prefix: String::new() }
    }

    /// One that says nothing about where the objects are.
    pub(super) fn without_source(name: String, mut section: Section<'_>) -> Self {
        let words = words(&mut section);
        let recipe: String = section.take("recipe", String::new());
        let preset = Self { name, words, recipe, source: None, prefix: String::new() };
        preset.check(&section);
        section.finish();
        preset
    }

    fn check(&self, section: &Section<'_>) {
        if self.recipe.is_empty() {
            section.silent_mistake("recipe", "is missing: what is done, such as `image/resize,w_200`");
            return;
        }
        match self.request(&Locator::key("picture"), None, &[]) {
            Err(error) => section.mistake("recipe", &self.recipe, error.to_string()),
            Ok(request) if !request.ignored.is_empty() => {
                section.mistake(
                    "recipe",
                    &self.recipe,
                    format!("has no meaning in parts: {}", request.ignored.join(", ")),
                );
            }
            Ok(request) if request.wish == Wish::Original => {
                section.mistake("recipe", &self.recipe, "does nothing to a picture");
            }
            Ok(_) => {}
        }
    }

    /// What it asks for of the object at `locator`. `negotiate`: formats that `accept` can choose where the recipe names none,
    /// best first.
    pub fn request(&self, locator: &Locator, accept: Option<&str>, negotiate: &[Format]) -> Result<Request, Error> {
        match self.words {
            Words::Oss(flavour) => {
                let options = oss::Options { negotiate: negotiate.to_vec(), ..oss::Options::of(flavour) };
                oss::parse_actions(&self.recipe, locator, accept, &options)
            }
            Words::Thumbor(flavour) => {
                let options = thumbor::Options {
                    respect_orientation: true,
                    negotiate: negotiate.to_vec(),
                    opt_in: thumbor::opt_in_filters().map(str::to_owned).collect(),
                    ..thumbor::Options::of(flavour)
                };
                thumbor::parse_options(&self.recipe, locator, accept, &options)
            }
            Words::Dit => {
                let options = dit::Options { negotiate: negotiate.to_vec(), ..dit::Options::default() };
                dit::parse_words(&self.recipe, locator, accept, &options)
            }
        }
    }
}

fn words(section: &mut Section<'_>) -> Words {
    let name: String = section.take("dialect", "oss".to_owned());
    match name.as_str() {
        "oss" => return Words::Oss(section.take("flavour", oss::Flavour::Aliyun)),
        "thumbor" => return Words::Thumbor(section.take("flavour", thumbor::Flavour::Thumbor)),
        "dit" => return Words::Dit,
        _ => section.mistake("dialect", &name, "is `oss`, `thumbor` or `dit`"),
    }
    Words::Oss(oss::Flavour::Aliyun)
}
