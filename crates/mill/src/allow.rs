use lightmill_recipe::sharp::{SharpResize, SharpTarget};
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
            for operation in &main.operations {
                let refused = match asked(operation) {
                    Asked::Nothing => continue,
                    Asked::Pixels(size) if allowed.contains(&size) => continue,
                    Asked::Pixels(size) => text(size),
                    Asked::Otherwise => "a size that is not in pixels".to_owned(),
                };
                let names: Vec<String> = allowed.iter().map(|size| text(*size)).collect();
                return Err(Error::NotAllowed(format!("{refused}; allowed sizes are {}", names.join(", "))));
            }
        }
        Ok(())
    }
}

/// The size that an operation asks for.
enum Asked {
    Nothing,
    Pixels(AllowedSize),
    /// In percent, or by the size of another picture.
    Otherwise,
}

fn asked(operation: &Operation) -> Asked {
    match operation {
        Operation::Resize(Resize { target, .. }) => match *target {
            Target::Box { width, height } => Asked::Pixels((width, height)),
            Target::Sides { longer, shorter } => Asked::Pixels((longer, shorter)),
            Target::Percent(_) | Target::PercentOfParent(_) => Asked::Otherwise,
        },
        Operation::SharpResize(SharpResize { target, .. }) => match *target {
            SharpTarget::Box { width, height } => Asked::Pixels((width, height)),
            SharpTarget::Ratio(_) => Asked::Otherwise,
        },
        Operation::Reframe(Reframe { width, height, .. }) => match (width, height) {
            (Side::Free | Side::Pixels(_), Side::Free | Side::Pixels(_)) => {
                Asked::Pixels((pixels(*width), pixels(*height)))
            }
            _ => Asked::Otherwise,
        },
        Operation::Proportion(_) => Asked::Otherwise,
        _ => Asked::Nothing,
    }
}

fn pixels(side: Side) -> Option<u32> {
    if let Side::Pixels(pixels) = side { Some(pixels.get()) } else { None }
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
