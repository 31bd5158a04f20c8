//! What holds for every list of actions.

use std::collections::HashSet;

use lightmill_recipe::Recipe;

use super::{Definition, Flavour};
use crate::Error;

/// Names and parameters are told apart and documented; examples are read in every flavour.
pub(super) fn check(actions: &[&Definition], recipe: impl Fn(Flavour, &str) -> Result<Recipe, Error>) {
    let mut names = HashSet::new();
    for definition in actions {
        for name in std::iter::once(&definition.name).chain(definition.aliases) {
            assert!(names.insert(*name), "{name}");
        }
        let mut parameters = HashSet::new();
        for parameter in definition.parameters {
            assert!(parameters.insert(parameter.name), "{},{}", definition.name, parameter.name);
            assert!(!parameter.doc.is_empty() && !parameter.default.is_empty(), "{}", definition.name);
            assert!(!parameter.name.contains(['_', ',', '/']), "{}", parameter.name);
        }
        assert!(definition.example.starts_with(definition.name), "{}", definition.example);
        for flavour in Flavour::ALL {
            recipe(flavour, definition.example).unwrap();
        }
    }
}
