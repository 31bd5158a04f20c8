use std::{fs, path::Path};

use anyhow::Context as _;
use bytes::Bytes;
use lightmill_dialects::{Wish, oss};
use lightmill_image::{Context, Error, Made, Probe, plan, probe, run};
use lightmill_recipe::{Effort, Input, Light, Locator, Operation, Output, PaletteColours, PictureOutput, Recipe};

/// One piece of work: files in memory, and what is to be made of them.
#[derive(Debug)]
pub struct Job {
    recipe: Recipe,
    inputs: Vec<Bytes>,
    settings: plan::Settings,
    context: Context,
}

/// This build cannot do what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// A name, and what it does to a recipe.
pub type Feature = (&'static str, fn(&mut Recipe));

impl Job {
    /// `text` in the OSS dialect (`image/resize,w_500/quality,Q_80`) for the file `main`; other pictures that it names
    /// lie beside that file. Every one of `features` is asked for on top, see [`Job::FEATURES`].
    ///
    /// # Errors
    /// [`Refused`] for a feature that this build has not; anything else for files that cannot be read and a text that
    /// is no recipe.
    pub fn open(text: &str, features: &[String], main: &Path) -> anyhow::Result<Self> {
        let locator = Locator::key(main.to_string_lossy());
        let request = oss::parse_actions(text, &locator, None, &oss::Options::of(oss::Flavour::Aliyun))?;
        let mut recipe = match request.wish {
            Wish::Transform(recipe) => recipe,
            other => anyhow::bail!("{text} is no recipe: {other:?}"),
        };
        for name in features {
            let (_, ask) = Self::FEATURES
                .iter()
                .find(|(known, _)| known == name)
                .ok_or_else(|| Refused(format!("no such feature: {name}")))?;
            ask(&mut recipe);
        }
        let folder = main.parent().unwrap_or(Path::new(""));
        let others = recipe.inputs.iter().skip(1).filter_map(Input::locator).map(|locator| folder.join(&locator.key));
        let inputs = std::iter::once(main.to_owned())
            .chain(others)
            .map(|path| Ok(fs::read(&path).with_context(|| path.display().to_string())?.into()))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { recipe, inputs, settings: plan::Settings::default(), context: Context::default() })
    }

    /// What a recipe can be asked for that the OSS dialect has no word for. One line for each.
    pub const FEATURES: [Feature; 3] =
        [("best", in_linear_light), ("small", in_few_bytes), ("palette", in_few_colours)];

    /// What would be done, and the headers that it follows from.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn plan(&self) -> Result<(plan::Plan, Vec<Probe>), Error> {
        let probes = self.inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
        Ok((plan::plan(&self.recipe, &probes, &self.settings)?, probes))
    }

    /// Does all of the work once, as a request does: headers, plan, pixels.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn run(&self) -> Result<Made, Error> {
        let (plan, _) = self.plan()?;
        let mut made = run(&plan, &self.inputs, &self.context)?;
        Ok(made.swap_remove(0))
    }
}

fn in_linear_light(recipe: &mut Recipe) {
    for operation in recipe.inputs.iter_mut().flat_map(|input| &mut input.operations) {
        if let Operation::Resize(resize) = operation {
            resize.light = Light::Linear;
        }
    }
}

fn in_few_bytes(recipe: &mut Recipe) {
    for picture in pictures(recipe) {
        picture.effort = Effort::Small;
    }
}

fn in_few_colours(recipe: &mut Recipe) {
    for picture in pictures(recipe) {
        picture.palette = Some(PaletteColours::MOST);
    }
}

fn pictures(recipe: &mut Recipe) -> impl Iterator<Item = &mut PictureOutput> {
    recipe.outputs.iter_mut().filter_map(|output| match output {
        Output::Picture(picture) => Some(picture),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rocket() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/rocket.jpg")
    }

    #[test]
    fn a_job_can_be_done_again_and_again() {
        let job = Job::open("image/resize,w_40/format,png", &[], &rocket()).unwrap();
        let (first, second) = (job.run().unwrap(), job.run().unwrap());
        assert_eq!((first.content_type, &first.bytes), ("image/png", &second.bytes));
    }

    #[test]
    fn what_this_build_has_not_is_told_apart() {
        let unknown = Job::open("image/resize,w_40", &["magic".into()], &rocket()).unwrap_err();
        assert_eq!(
            unknown.downcast_ref::<Refused>().map(ToString::to_string).as_deref(),
            Some("no such feature: magic")
        );
        assert!(Job::open("image/no,such", &[], &rocket()).unwrap_err().downcast_ref::<Refused>().is_none());
        assert!(Job::open("image/resize,w_40", &[], Path::new("missing.jpg")).is_err());
    }
}
