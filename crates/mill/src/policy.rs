//! What a mount allows, as far as it can be said before any object is looked at.

use lightmill_recipe::{LimitError, Limits, Locator, Recipe};

use crate::{Error, Place, Rules};

/// Where the object of `locator` lies. Without a source of its own it is looked for in `asked`, or else in the mount's
/// default source; only sources that the mount lists are read.
pub(crate) fn place(locator: &Locator, asked: Option<&str>, rules: &Rules) -> Result<Place, Error> {
    let source = match locator.source.as_deref().or(asked) {
        Some(name) => rules.sources.iter().find(|source| *source == name),
        None => rules.sources.first(),
    };
    match source {
        Some(source) => Ok(Place { source: source.clone(), key: locator.key.clone() }),
        None => Err(Error::UnknownSource {
            name: locator.source.as_deref().or(asked).unwrap_or_default().chars().take(64).collect(),
        }),
    }
}

/// Refuses what would be much work just to look at.
pub(crate) fn check_counts(recipe: &Recipe, limits: &Limits) -> Result<(), LimitError> {
    LimitError::check("inputs", recipe.inputs.len() as u64, limits.inputs as u64)?;
    let operations: usize = recipe.inputs.iter().map(|input| input.operations.len()).sum();
    LimitError::check("operations", operations as u64, limits.operations as u64)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Input, Operation};

    use super::*;
    use crate::tests::rules;

    #[test]
    fn only_listed_sources_are_read() {
        let rules = Rules { sources: vec!["photos".into(), "logos".into()], ..rules() };
        let named = |source: &str| Locator { source: Some(source.into()), key: "a".into() };
        let source = |locator: &Locator, asked| place(locator, asked, &rules).map(|place| place.source);
        assert_eq!(source(&Locator::key("a"), None).unwrap(), "photos");
        assert_eq!(source(&Locator::key("a"), Some("logos")).unwrap(), "logos");
        assert_eq!(source(&named("logos"), Some("photos")).unwrap(), "logos");
        for (locator, asked) in
            [(Locator::key("a"), Some("secrets")), (named("secrets"), None), (named("Photos"), None), (named(""), None)]
        {
            assert!(matches!(source(&locator, asked), Err(Error::UnknownSource { .. })), "{locator:?} {asked:?}");
        }
        let none = Rules { sources: Vec::new(), ..rules };
        assert!(matches!(place(&Locator::key("a"), None, &none), Err(Error::UnknownSource { .. })));
    }

    #[test]
    fn counts_are_bounded_over_all_inputs() {
        let limits = Limits { inputs: 2, operations: 3, ..Limits::default() };
        let mut recipe = Recipe::new(Locator::key("a"));
        recipe.inputs[0].operations = vec![Operation::Greyscale; 2];
        recipe.inputs.push(Input::new(Locator::key("b")));
        recipe.inputs[1].operations = vec![Operation::Greyscale];
        assert_eq!(check_counts(&recipe, &limits), Ok(()));
        recipe.inputs[1].operations.push(Operation::Greyscale);
        assert_eq!(check_counts(&recipe, &limits).unwrap_err().limit, "operations");
        recipe.inputs.push(Input::new(Locator::key("c")));
        assert_eq!(check_counts(&recipe, &limits).unwrap_err().limit, "inputs");
    }
}
