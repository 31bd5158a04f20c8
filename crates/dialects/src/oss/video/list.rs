use lightmill_recipe::Recipe;

use super::super::definition::{Definition, Say};
use super::super::format::{CannotSay, Writer};
use super::{compress, info, preview, snapshot, sprite, transcode};

/// Every action of videos, in the order of the documentation. The first that can say a recipe does.
static ALL: [&Definition; 6] = [
    &snapshot::DEFINITION,
    &compress::DEFINITION,
    &transcode::DEFINITION,
    &sprite::DEFINITION,
    &preview::DEFINITION,
    &info::DEFINITION,
];

/// Every action of videos, in the order of the documentation.
pub fn reference() -> &'static [&'static Definition] {
    &ALL
}

/// The action of this name.
pub(in crate::oss) fn find(name: &str) -> Option<&'static Definition> {
    reference().iter().copied().find(|definition| definition.name == name || definition.aliases.contains(&name))
}

/// The one action that makes a recipe about a video what it is.
pub(in crate::oss) fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<String, CannotSay> {
    for definition in reference() {
        if let Say::Setting(say) = definition.say
            && let Some(action) = say(recipe, writer)?
        {
            return Ok(action);
        }
    }
    Err(CannotSay::new("this of a video"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::recipe;
    use super::*;
    use crate::oss::{Flavour, Values, lists};

    #[test]
    fn names_are_unique_and_examples_right() {
        lists::check(reference(), recipe);
    }

    #[test]
    fn refusals_name_parameter_and_range() {
        for definition in reference() {
            for parameter in definition.parameters {
                let bad = match parameter.values {
                    Values::Integer(min, max) | Values::Integers(min, max) => {
                        vec![
                            (i128::from(max) + 1).to_string(),
                            (i128::from(min) - 1).to_string(),
                            "x".into(),
                            String::new(),
                        ]
                    }
                    Values::Word(_) => vec!["x".to_owned(), String::new()],
                    _ => ["x", "1x", "100x9000", "720", "720p-", ""].map(str::to_owned).to_vec(),
                };
                for bad in bad {
                    let action = format!("{},{}_{bad}", definition.name, parameter.name);
                    let error = recipe(Flavour::Aliyun, &action).unwrap_err().to_string();
                    assert!(error.starts_with(&format!("{} {} must be", definition.name, parameter.name)), "{error}");
                    assert!(error.contains(&parameter.values.to_string()), "{action}: {error}");
                    if (definition.name, parameter.name, bad.as_str()) != ("snapshot", "m", "") {
                        recipe(Flavour::Keithyt06, &action).unwrap_err();
                    }
                }
            }
        }
    }
}
