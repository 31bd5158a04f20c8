//! What a mount allows, as far as it can be said before any object is looked at.

use lightmill_recipe::{LimitError, Limits, Locator, Recipe};

use crate::{Error, Place, Rules};

/// Where the object of `locator` lies. Without a source of its own it is looked for in `asked`, or else in the mount's
/// default source; only sources that the mount lists are read, and of URLs only those that lead into one of them.
pub(crate) fn place(locator: &Locator, asked: Option<&str>, rules: &Rules) -> Result<Place, Error> {
    let named = locator.source.as_deref();
    if named.is_none()
        && let Some(place) = of_url(&locator.key, rules)?
    {
        return Ok(place);
    }
    let is_upload = rules.uploads.as_ref().is_some_and(|uploads| uploads.has(locator));
    let source = match named.or(asked) {
        Some(name) if is_upload && named.is_some() => {
            return Ok(Place { source: name.to_owned(), key: locator.key.clone() });
        }
        Some(name) => rules.sources.iter().find(|source| *source == name),
        None => rules.sources.first(),
    };
    match source {
        Some(source) => Ok(Place { source: source.clone(), key: locator.key.clone() }),
        None => Err(unknown(named.or(asked).unwrap_or_default())),
    }
}

/// The place that a URL means; `None` if the key is no URL.
fn of_url(key: &str, rules: &Rules) -> Result<Option<Place>, Error> {
    let begins = |start: &str| key.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    if let Some((start, source)) = rules.origins.iter().find(|(start, _)| begins(start)) {
        let key = key.get(start.len()..).unwrap_or_default().to_owned();
        return Ok(Some(Place { source: source.clone(), key }));
    }
    let is_url = !rules.origins.is_empty() && (begins("http://") || begins("https://"));
    if is_url { Err(unknown(key)) } else { Ok(None) }
}

fn unknown(name: &str) -> Error {
    Error::UnknownSource { name: name.chars().take(64).collect() }
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
    fn urls_lead_into_listed_origins_only() {
        let origins = vec![("https://cdn.example/a/".to_owned(), "cdn".to_owned())];
        let rules = Rules { origins, ..rules() };
        let found = |key: &str| place(&Locator::key(key), None, &rules).map(|place| (place.source, place.key));
        assert_eq!(found("HTTPS://cdn.example/a/b/c.jpg").unwrap(), ("cdn".to_owned(), "b/c.jpg".to_owned()));
        assert_eq!(found("b.jpg").unwrap().0, "photos");
        for key in ["https://cdn.example/b.jpg", "http://cdn.example/a/b.jpg", "https://cdn.example.evil/a/b.jpg"] {
            assert!(matches!(found(key), Err(Error::UnknownSource { .. })), "{key}");
        }
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
