//! Shorthand for the tests of actions of videos.

use lightmill_recipe::{Locator, Output, Recipe};

use crate::oss::{CannotSay, Flavour, Options, format, parse_actions};
use crate::{Error, Wish};

/// The recipe of `actions`, without the leading `video/`.
pub fn recipe(flavour: Flavour, actions: &str) -> Result<Recipe, Error> {
    let request = parse_actions(&format!("video/{actions}"), &Locator::key("a.mp4"), None, &Options::of(flavour))?;
    match request.wish {
        Wish::Transform(recipe) => Ok(recipe),
        other => panic!("{actions} is {other:?}"),
    }
}

/// What is made of the whole video.
pub fn output(flavour: Flavour, action: &str) -> Output {
    recipe(flavour, action).unwrap().outputs.swap_remove(0)
}

/// What is said about `actions`.
pub fn refusal(flavour: Flavour, actions: &str) -> String {
    recipe(flavour, actions).unwrap_err().to_string()
}

/// The canonical form of `actions`, which reads as the same recipe.
pub fn written(flavour: Flavour, actions: &str) -> String {
    let read = recipe(flavour, actions).unwrap();
    let text = said(flavour, &read).unwrap();
    assert_eq!(recipe(flavour, &text).unwrap(), read, "{actions} became {text}");
    text
}

/// `recipe` in words, without the leading `video/`.
pub fn said(flavour: Flavour, recipe: &Recipe) -> Result<String, CannotSay> {
    format(recipe, &Options::of(flavour)).map(|text| text.strip_prefix("video/").unwrap().to_owned())
}
