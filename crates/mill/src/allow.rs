use lightmill_recipe::{Operation, Recipe, Reframe, Resize, Side, Target};

use crate::Error;

/// What requests may ask for, beside all limits. By default everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allow {
    /// Sizes of the main picture; `None` is every size.
    pub sizes: Option<Vec<AllowedSize>>,
    /// Names of operations ([`Operation::name`]); `None` is every operation.
    pub operations: Option<Vec<String>>,
}

/// Width and height as they are asked for; `None` is one that follows from the other.
pub type AllowedSize = (Option<u32>, Option<u32>);

impl Allow {
    /// # Errors
    /// [`Error::NotAllowed`] names the first thing that is not.
    pub(crate) fn check(&self, recipe: &Recipe) -> Result<(), Error> {
        if let Some(allowed) = &self.operations {
            let mut all = recipe.inputs.iter().flat_map(|input| &input.operations).map(Operation::name);
            if let Some(name) = all.find(|name| !allowed.iter().any(|allowed| allowed == name)) {
                return Err(Error::NotAllowed(format!("{name}; allowed are {}", allowed.join(", "))));
            }
        }
        if let (Some(allowed), Some(main)) = (&self.sizes, recipe.main()) {
            for size in main.operations.iter().filter_map(asked) {
                if !size.is_some_and(|size| allowed.contains(&size)) {
                    let names: Vec<String> = allowed.iter().map(|size| text(*size)).collect();
                    let asked = size.map_or_else(|| "a size in percent".to_owned(), text);
                    return Err(Error::NotAllowed(format!("{asked}; allowed sizes are {}", names.join(", "))));
                }
            }
        }
        Ok(())
    }
}

/// The size that an operation asks for: `None` if it asks for none, `Some(None)` if it does not say it in pixels.
fn asked(operation: &Operation) -> Option<Option<AllowedSize>> {
    match operation {
        Operation::Resize(Resize { target, .. }) => Some(match *target {
            Target::Box { width, height } => Some((width, height)),
            Target::Sides { longer, shorter } => Some((longer, shorter)),
            Target::Percent(_) | Target::PercentOfParent(_) => None,
        }),
        Operation::Reframe(Reframe { width, height, .. }) => Some(pixels(*width).zip(pixels(*height))),
        Operation::Proportion(_) => Some(None),
        _ => None,
    }
}

fn pixels(side: Side) -> Option<Option<u32>> {
    match side {
        Side::Free => Some(None),
        Side::Pixels(pixels) => Some(Some(pixels.get())),
        Side::Original | Side::ParentLess(_) => None,
    }
}

fn text((width, height): AllowedSize) -> String {
    let side = |side: Option<u32>| side.map(|side| side.to_string()).unwrap_or_default();
    format!("{}x{}", side(width), side(height))
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Enlarge, Fit, Light, Locator};

    use super::*;

    fn resize(target: Target) -> Recipe {
        let mut recipe = Recipe::new(Locator::key("a"));
        let resize = Resize { target, fit: Fit::Inside, enlarge: Enlarge::Never, light: Light::Gamma };
        recipe.inputs[0].operations = vec![Operation::Resize(resize)];
        recipe
    }

    #[test]
    fn only_listed_sizes_and_operations_are_made() {
        let boxed = |width, height| resize(Target::Box { width, height });
        let allow = Allow { sizes: Some(vec![(Some(200), None), (Some(40), Some(30))]), operations: None };
        assert!(allow.check(&boxed(Some(200), None)).is_ok() && allow.check(&boxed(Some(40), Some(30))).is_ok());
        for refused in [boxed(Some(201), None), boxed(None, Some(200)), resize(Target::Percent(50))] {
            let error = allow.check(&refused).unwrap_err();
            assert!(error.to_string().ends_with("allowed sizes are 200x, 40x30"), "{error}");
        }
        assert!(allow.check(&Recipe::new(Locator::key("a"))).is_ok());
        let allow = Allow { sizes: None, operations: Some(vec!["crop".to_owned()]) };
        assert!(allow.check(&boxed(Some(200), None)).unwrap_err().to_string().contains("resize; allowed are crop"));
    }
}
