use super::super::definition::Definition;
use super::{
    auto_orient, average_hue, blur, bright, cgif, circle, contrast, crop, format, grey, indexcrop, info, interlace,
    quality, resize, rotate, rounded_corners, sharpen, strip_metadata, threshold, watermark,
};

/// Every action, in the order of the documentation; settings are written in this order.
static ALL: [&Definition; 21] = [
    &resize::DEFINITION,
    &crop::DEFINITION,
    &indexcrop::DEFINITION,
    &circle::DEFINITION,
    &rounded_corners::DEFINITION,
    &rotate::DEFINITION,
    &blur::DEFINITION,
    &sharpen::DEFINITION,
    &bright::DEFINITION,
    &contrast::DEFINITION,
    &grey::DEFINITION,
    &watermark::DEFINITION,
    &auto_orient::DEFINITION,
    &cgif::DEFINITION,
    &threshold::DEFINITION,
    &strip_metadata::DEFINITION,
    &format::DEFINITION,
    &quality::DEFINITION,
    &interlace::DEFINITION,
    &info::DEFINITION,
    &average_hue::DEFINITION,
];

/// Every action of the language, in the order of the documentation.
pub fn reference() -> &'static [&'static Definition] {
    &ALL
}

/// The action of this name or alias.
pub(in crate::oss) fn find(name: &str) -> Option<&'static Definition> {
    reference().iter().copied().find(|definition| definition.name == name || definition.aliases.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oss::operations::testing::recipe;
    use crate::oss::{Flavour, Values, lists};

    #[test]
    fn names_are_unique_and_examples_right() {
        lists::check(reference(), recipe);
    }

    #[test]
    fn refusals_name_parameter_and_range() {
        for definition in reference() {
            for parameter in definition.parameters {
                let Values::Integer(_, max) = parameter.values else { continue };
                if (definition.name, parameter.name) == ("resize", "P") {
                    continue;
                }
                let separator = if parameter.name.is_empty() { "" } else { "_" };
                for bad in [(i128::from(max) + 1).to_string(), "x".to_owned(), String::new()] {
                    let action = format!("{},{}{separator}{bad}", definition.name, parameter.name);
                    let error = recipe(Flavour::Aliyun, &action).unwrap_err().to_string();
                    assert!(error.contains(definition.name) && error.contains(parameter.name), "{action}: {error}");
                    assert!(error.contains(&parameter.values.to_string()), "{action}: {error}");
                    recipe(Flavour::Wchaws, &action).unwrap_err();
                }
            }
        }
    }
}
