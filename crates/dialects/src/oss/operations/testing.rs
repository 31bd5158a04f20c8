//! Shorthand for the tests of actions of pictures.

use lightmill_recipe::{Locator, Operation, Recipe};

use crate::oss::{CannotSay, Flavour, Options, format, parse_actions};
use crate::{Error, Wish};

/// The recipe of `actions`, without the leading `image/`.
pub fn recipe(flavour: Flavour, actions: &str) -> Result<Recipe, Error> {
    let request = parse_actions(&format!("image/{actions}"), &Locator::key("a.jpg"), None, &Options::of(flavour))?;
    match request.wish {
        Wish::Transform(recipe) => Ok(recipe),
        other => panic!("{actions} is {other:?}"),
    }
}

/// The steps of `actions`.
pub fn steps(flavour: Flavour, actions: &str) -> Vec<Operation> {
    recipe(flavour, actions).unwrap().inputs.swap_remove(0).operations
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

/// `recipe` in words, without the leading `image/`.
pub fn said(flavour: Flavour, recipe: &Recipe) -> Result<String, CannotSay> {
    format(recipe, &Options::of(flavour)).map(|text| text.strip_prefix("image/").unwrap().to_owned())
}
