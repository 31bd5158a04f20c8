//! Which source a request means: the mount's default, or one of the others that it lists, chosen by the header
//! `x-bucket`, by `s3:NAME/` before the key, or by the key's first segment.

use lightmill_dialects::{Request, Wish};
use lightmill_recipe::{Input, Locator};

use crate::{BucketFrom, Error, Rules};

/// Takes the source's name out of the main input's key, and gives it to the locator.
///
/// # Errors
/// [`Error::UnknownSource`] if the key must name a source and names none of the mount's.
pub(crate) fn choose(request: &mut Request, rules: &Rules) -> Result<(), Error> {
    if matches!(&request.wish, Wish::Transform(recipe) if recipe.main().is_some_and(|main| main.locator().is_none())) {
        return Ok(());
    }
    let Some(chosen) = chosen(&request.locator, rules)? else { return Ok(()) };
    if let Wish::Transform(recipe) = &mut request.wish {
        for locator in recipe.inputs.iter_mut().filter_map(Input::locator_mut) {
            if *locator == request.locator {
                *locator = chosen.clone();
            }
        }
    }
    request.locator = chosen;
    Ok(())
}

/// Where the object lies, if its key says so.
fn chosen(locator: &Locator, rules: &Rules) -> Result<Option<Locator>, Error> {
    if locator.source.is_some() {
        return Ok(None);
    }
    let Some((first, rest)) = locator.key.split_once('/') else {
        return match rules.bucket_from {
            BucketFrom::Path => Err(unknown(&locator.key)),
            BucketFrom::Header => Ok(None),
        };
    };
    let name = match (first.strip_prefix("s3:"), rules.bucket_from) {
        // With one source there is nothing to choose, and such a key may well exist.
        (Some(name), _) if rules.sources.len() > 1 => name,
        (_, BucketFrom::Path) => first,
        (_, BucketFrom::Header) => return Ok(None),
    };
    if !rules.sources.iter().any(|source| source == name) {
        return Err(unknown(name));
    }
    Ok(Some(Locator { source: Some(name.to_owned()), key: rest.to_owned() }))
}

fn unknown(name: &str) -> Error {
    Error::UnknownSource { name: name.chars().take(64).collect() }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Input, Recipe};

    use super::*;
    use crate::tests::rules;

    fn place(key: &str, bucket_from: BucketFrom, sources: &[&str]) -> Result<(Option<String>, String), Error> {
        let sources = sources.iter().map(ToString::to_string).collect();
        let mut recipe = Recipe::new(Locator::key(key));
        recipe.inputs.push(Input::new(Locator::key("mark.png")));
        let mut request = Request { locator: Locator::key(key), wish: Wish::Transform(recipe), ignored: Vec::new() };
        choose(&mut request, &Rules { sources, bucket_from, ..rules() })?;
        let Wish::Transform(recipe) = request.wish else { panic!() };
        assert_eq!(recipe.inputs[0].locator(), Some(&request.locator));
        assert_eq!(recipe.inputs[1].locator(), Some(&Locator::key("mark.png")));
        Ok((request.locator.source, request.locator.key))
    }

    #[test]
    fn keys_name_listed_sources_only() {
        let (header, path, both) = (BucketFrom::Header, BucketFrom::Path, &["photos", "logos"][..]);
        for (key, from, sources, expected) in [
            ("a/b.jpg", header, both, (None, "a/b.jpg")),
            ("logos/b.jpg", header, both, (None, "logos/b.jpg")),
            ("s3:logos/b.jpg", header, both, (Some("logos"), "b.jpg")),
            ("s3:logos/b.jpg", header, &both[..1], (None, "s3:logos/b.jpg")),
            ("logos/a/b.jpg", path, both, (Some("logos"), "a/b.jpg")),
            ("photos//b.jpg", path, both, (Some("photos"), "/b.jpg")),
            ("s3:photos/b.jpg", path, both, (Some("photos"), "b.jpg")),
        ] {
            let (source, rest) = place(key, from, sources).unwrap();
            assert_eq!((source.as_deref(), rest.as_str()), expected, "{key}");
        }
        for (key, from) in
            [("s3:secrets/b", header), ("s3:/b", header), ("secrets/b", path), ("b.jpg", path), ("/b", path)]
        {
            assert!(matches!(place(key, from, both), Err(Error::UnknownSource { .. })), "{key}");
        }
    }
}
