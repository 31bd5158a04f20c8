//! The only part of the road that knows how pictures are made.

use std::sync::Arc;

use bytes::Bytes;
use lightmill_image::plan::{self, Cost, Plan};
use lightmill_image::{self as image, Cancel, Context, Decoded, Fonts, Made, Probe};
use lightmill_recipe::{Findings, Format, Formats, Input, Limits, Recipe, Source};

/// Turns inputs into something that can be run. Tests put another in its place.
pub(crate) trait Engine: std::fmt::Debug + Send + Sync {
    /// Looks at headers only, but may take some milliseconds: not for a thread that serves others. `findings`: what is
    /// known about each input of the recipe; an empty slice is nothing. `decoded`: what this work shares with others.
    fn plan(
        &self,
        recipe: &Recipe,
        inputs: Vec<Bytes>,
        findings: &[Option<Findings>],
        limits: &Limits,
        decoded: Option<&Decoded>,
    ) -> Result<Planned, image::Error>;

    /// How inputs are read, by itself and by analysers.
    fn context(&self, limits: &Limits, cancel: &Cancel) -> Context;

    /// The same for pictures that were taken out of videos: they are BMPs, whatever formats are read from stores.
    fn of_frames(&self) -> Arc<dyn Engine>;
}

/// Work that can be done, and what it is estimated to cost.
pub(crate) struct Planned {
    pub(crate) cost: Cost,
    /// What of that is held for others that share it.
    pub(crate) decoded_bytes: u64,
    /// The header of the main input; nothing where nobody looked at it.
    pub(crate) probe: Option<Probe>,
    pub(crate) run: Run,
}

/// Does the work on the thread that calls it, until it is told to stop.
pub(crate) type Run = Box<dyn FnOnce(&Cancel) -> Result<Made, image::Error> + Send>;

/// The image crate.
#[derive(Debug, Clone)]
pub(crate) struct Pictures {
    fonts: Fonts,
    formats: Formats,
}

impl Pictures {
    pub(crate) fn new(fonts: Fonts, formats: Formats) -> Self {
        Self { fonts, formats }
    }
}

impl Engine for Pictures {
    fn plan(
        &self,
        recipe: &Recipe,
        inputs: Vec<Bytes>,
        findings: &[Option<Findings>],
        limits: &Limits,
        decoded: Option<&Decoded>,
    ) -> Result<Planned, image::Error> {
        let inputs = complete(recipe, inputs)?;
        let (probes, plan) = headers(recipe, &inputs, findings, limits, self.formats)?;
        let (engine, limits, decoded) = (self.clone(), limits.clone(), decoded.cloned());
        let (cost, decoded_bytes) = (plan.cost, plan.decoded_bytes());
        let run = move |cancel: &Cancel| {
            let context = Context { decoded, ..engine.context(&limits, cancel) };
            let made = image::run(&plan, &inputs, &context)?;
            // One result belongs to one URL; recipes with several outputs are for jobs.
            made.into_iter().next().ok_or_else(|| image::Error::Internal { detail: "a recipe without output".into() })
        };
        Ok(Planned { cost, decoded_bytes, probe: probes.into_iter().next(), run: Box::new(run) })
    }

    fn context(&self, limits: &Limits, cancel: &Cancel) -> Context {
        let (fonts, cancel, limits) = (self.fonts.clone(), cancel.clone(), limits.clone());
        Context { fonts, cancel, limits, formats: self.formats, decoded: None }
    }

    fn of_frames(&self) -> Arc<dyn Engine> {
        let mut formats = self.formats;
        formats.set(Format::Bmp, true, formats.writes(Format::Bmp));
        Arc::new(Self { fonts: self.fonts.clone(), formats })
    }
}

/// The bytes of every input of `recipe`: those that were read, and pictures of one colour between them.
pub(crate) fn complete(recipe: &Recipe, read: Vec<Bytes>) -> Result<Vec<Bytes>, image::Error> {
    let mut read = read.into_iter();
    let missing = || image::Error::Internal { detail: "an input was not read".into() };
    let bytes = |input: &Input| match input.source {
        Source::Object(_) => read.next().ok_or_else(missing),
        Source::Colour(colour) => image::one_colour(colour),
    };
    recipe.inputs.iter().map(bytes).collect()
}

/// The headers of all inputs, and what would be done.
pub(crate) fn headers(
    recipe: &Recipe,
    inputs: &[Bytes],
    findings: &[Option<Findings>],
    limits: &Limits,
    formats: Formats,
) -> Result<(Vec<Probe>, Plan), image::Error> {
    let probes = inputs.iter().map(|bytes| image::probe_allowed(bytes, formats)).collect::<Result<Vec<_>, _>>()?;
    let settings = plan::Settings { limits: limits.clone(), formats };
    let plan = plan::plan_with_findings(recipe, &probes, findings, &settings)?;
    Ok((probes, plan))
}
