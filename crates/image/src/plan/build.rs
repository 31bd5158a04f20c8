//! The walk through a recipe.

use lightmill_recipe::sharp::{Composite, CompositeMark};
use lightmill_recipe::{
    Findings, Format, Frames, Input, InputIndex, Light, LimitError, MarkSize, Operation, Orientation, Output,
    PictureOutput, Pixels, Profile, QualityRule, Recipe, Size, geometry,
};

use super::finish::finish;
use super::measure::{Again, Known};
use super::steps::Steps;
use super::view::View;
use super::{
    Action, Encode, Measure, Pipeline, Plan, Rival, Settings, SourceData, Work, colours, cost, output, source_data,
};
use crate::{Error, Probe, codecs};

/// Works out what will be done for `recipe`, whose inputs have the headers `probes` (one for each, in order), and of
/// which no analyser has found anything.
///
/// # Errors
/// [`Error::Limit`] for what is too large, [`Error::Unsuitable`] for operations that do not fit their picture,
/// [`Error::Unsupported`] for formats that this build does not read or write.
pub fn plan(recipe: &Recipe, probes: &[Probe], settings: &Settings) -> Result<Plan, Error> {
    plan_with_findings(recipe, probes, &[], settings)
}

/// The same with what an analyser found in each input ([`Recipe::analysis`]), in their order; the rest counts as not
/// looked at.
///
/// # Errors
/// As [`plan`].
pub fn plan_with_findings(
    recipe: &Recipe,
    probes: &[Probe],
    findings: &[Option<Findings>],
    settings: &Settings,
) -> Result<Plan, Error> {
    planned(recipe, probes, findings, settings, &[])
}

/// The plan that follows the measures of another one; it may have measures of its own, which those decide on.
pub(crate) fn settle(again: &Again, known: &Known) -> Result<Plan, Error> {
    planned(&again.recipe, &again.probes, &again.findings, &again.settings, known)
}

fn planned(
    recipe: &Recipe,
    probes: &[Probe],
    findings: &[Option<Findings>],
    settings: &Settings,
    known: &Known,
) -> Result<Plan, Error> {
    let mut planner = Planner::new(recipe, probes, findings, settings, known);
    let mut plan = planner.plan()?;
    plan.measures = planner.measures;
    if !plan.measures.is_empty() {
        plan.cost = cost::estimate(&plan.outputs, &plan.measures, probes);
        LimitError::check("memory_bytes", plan.cost.bytes, settings.limits.memory_bytes)?;
        plan.again = Some(Box::new(Again {
            recipe: recipe.clone(),
            probes: probes.into(),
            findings: findings.into(),
            settings: settings.clone(),
        }));
    }
    Ok(plan)
}

pub(super) struct Planner<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) probes: &'a [Probe],
    pub(super) findings: &'a [Option<Findings>],
    pub(super) settings: &'a Settings,
    /// What was measured.
    pub(super) known: &'a Known,
    /// What must be.
    pub(super) measures: Vec<Measure>,
    /// Operations that may still be planned: bounds overlays that are used again and again.
    pub(super) budget: usize,
}

/// What a pipeline is for.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// The picture's own output; `None` for overlays and average hues.
    pub(super) output: Option<(&'a PictureOutput, Format)>,
    /// Format of that output, also where only something is measured for it.
    pub(super) format: Option<Format>,
    /// Size of the picture on which this one is laid.
    pub(super) parent: Option<Size>,
    /// Its own size on that.
    pub(super) mark: Option<Scaled>,
    /// The longer side is reduced to so many pixels at the end.
    pub(super) most: Option<u32>,
}

/// A mark as large as it is.
pub(super) const OWN_SIZE: Scaled = Scaled::Stamp(MarkSize { width: None, height: None });

/// How large a mark is on the picture below it.
#[derive(Clone, Copy)]
pub(super) enum Scaled {
    Stamp(MarkSize),
    Composite(CompositeMark),
}

impl Scaled {
    /// As a size, of a mark of size `own` on a picture of size `parent`.
    fn size(self, parent: Size, own: Size) -> Size {
        match self {
            Self::Stamp(wanted) => geometry::mark_size(parent, own, wanted),
            Self::Composite(mark) => Composite::mark_size(&mark, parent, own),
        }
    }
}

/// Pixels of the longer side of the picture that a placeholder is made of: more are not seen in it.
pub(super) const PLACEHOLDER_SIDE: u32 = 64;

impl<'a> Purpose<'a> {
    pub(super) const fn output(output: Option<(&'a PictureOutput, Format)>) -> Self {
        let format = match output {
            Some((_, format)) => Some(format),
            None => None,
        };
        Self { output, format, parent: None, mark: None, most: None }
    }

    pub(super) const fn mark(parent: Size, mark: Scaled) -> Self {
        Self { output: None, format: None, parent: Some(parent), mark: Some(mark), most: None }
    }

    /// For measuring something in the same picture, on its way.
    pub(super) const fn measured(self) -> Self {
        Self { output: None, mark: None, most: None, ..self }
    }
}

/// The picture as it is stored, or upright if it is to be.
pub(super) fn begun(input: &Input, probe: &Probe) -> Steps {
    let mut steps = Steps::new(probe);
    if input.orientation == Orientation::Apply && !probe.orientation.is_upright() {
        steps.push(Action::Orient { orientation: probe.orientation }, probe.upright());
        steps.view = View::of(probe.upright());
    }
    steps
}

/// What an operation belongs to.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) index: InputIndex,
    pub(super) input: &'a Input,
    pub(super) probe: &'a Probe,
    pub(super) frames: u32,
    pub(super) purpose: Purpose<'a>,
    /// The operations before this one.
    pub(super) before: &'a [Operation],
}

impl<'a> Planner<'a> {
    fn new(
        recipe: &'a Recipe,
        probes: &'a [Probe],
        findings: &'a [Option<Findings>],
        settings: &'a Settings,
        known: &'a Known,
    ) -> Self {
        let budget = settings.limits.operations;
        Self { recipe, probes, findings, settings, known, measures: Vec::new(), budget }
    }

    fn plan(&mut self) -> Result<Plan, Error> {
        let Self { recipe, probes, settings, .. } = *self;
        let [main, ..] = probes else { return Err(Error::internal("a plan needs the header of input 0")) };
        if probes.len() != recipe.inputs.len() {
            return Err(Error::internal(format!("{} headers for {} inputs", probes.len(), recipe.inputs.len())));
        }
        if recipe.inputs.iter().any(|input| input.video_frame.is_some()) {
            // Whoever reads videos takes the frame out and puts its picture in the input's place.
            return Err(Error::unsupported("taking a frame out of a video"));
        }
        for probe in probes {
            if !settings.formats.reads(probe.format) {
                return Err(Error::unsupported(format!("reading {}", probe.format)));
            }
            LimitError::check("source_bytes", probe.bytes, settings.limits.source_bytes)?;
            settings.limits.check_source(probe.size)?;
        }
        let mut outputs = Vec::with_capacity(recipe.outputs.len());
        for wanted in &recipe.outputs {
            outputs.push(match recipe.only_if_source_bytes_at_least {
                Some(bytes) if main.bytes < bytes && source_data::can_pass(main.format) => {
                    let metadata = source_data::metadata(wanted);
                    Work::Passthrough { format: main.format, metadata, reason: "the source is below the threshold" }
                }
                _ => self.work(wanted, main)?,
            });
        }
        let cost = cost::estimate(&outputs, &[], probes);
        LimitError::check("memory_bytes", cost.bytes, settings.limits.memory_bytes)?;
        Ok(Plan { outputs, measures: Vec::new(), cost, again: None })
    }

    fn work(&mut self, wanted: &Output, main: &Probe) -> Result<Work, Error> {
        match wanted {
            Output::Info(fields) => Ok(Work::Info { fields: *fields }),
            Output::AverageHue => Ok(Work::AverageHue(self.pipeline(InputIndex(0), 1, Purpose::output(None))?)),
            Output::Placeholder(placeholder) => {
                let purpose = Purpose { most: Some(PLACEHOLDER_SIDE), ..Purpose::output(None) };
                Ok(Work::Placeholder { placeholder: *placeholder, pipeline: self.pipeline(InputIndex(0), 1, purpose)? })
            }
            Output::Meta { meta, picture } => self.meta(meta, picture, main),
            Output::Picture(picture) => self.encode(picture, main),
            Output::Clip(_) | Output::VideoInfo | Output::Sprite(_) | Output::Preview(_) => {
                Err(Error::unsupported("what is made of a video"))
            }
        }
    }

    fn encode(&mut self, picture: &PictureOutput, main: &Probe) -> Result<Work, Error> {
        let input = self.input(InputIndex(0))?;
        let frames = self.frames(input, main)?;
        let formats = output::Candidates::new(picture, main, frames > 1, self.settings.formats)?;
        let (format, because) = (formats.first, formats.because);
        let frames = if format.can_animate() { frames } else { 1 };
        let purpose = Purpose::output(Some((picture, format)));
        let pipeline = self.pipeline(InputIndex(0), frames, purpose)?;
        let has_alpha = pipeline.layout().has_alpha();
        let rivals = formats.others.into_iter().filter(|rival| !has_alpha || rival.has_alpha());
        let rivals = rivals.filter(|rival| frames == 1 || rival.can_animate());
        // All are made of the same picture, in the same colours.
        let rivals = rivals.filter(|rival| picture.profile == Profile::ToSrgb || colours::holds_profile(*rival));
        let rivals: Vec<Rival> =
            rivals.map(|format| Rival { format, quality: output::quality(picture, format, main) }).collect();
        let takes_palette = format == Format::Png || rivals.iter().any(|rival| rival.format == Format::Png);
        let untouched = self.input(InputIndex(0))?.operations.is_empty();
        let source_data = source_data::choose(picture, main, &pipeline, format, &rivals, untouched);
        let progressive = match (picture.progressive, source_data) {
            (Some(progressive), _) => progressive,
            (None, source_data) => matches!(source_data, SourceData::Turned(_)) && main.progressive,
        };
        let score = match picture.quality.rule {
            QualityRule::Perceptual(score) => Some(score),
            _ => None,
        };
        Ok(Work::Encode {
            encode: Encode {
                format,
                because,
                quality: output::quality(picture, format, main),
                lossless: picture.lossless
                    && (format == Format::WebP || rivals.iter().any(|rival| rival.format == Format::WebP)),
                score,
                max_bytes: picture.max_bytes,
                progressive,
                palette: picture.palette.filter(|_| takes_palette),
                effort: picture.effort,
                frames,
                metadata: picture.metadata.unwrap_or_default(),
                keeps_profile: picture.profile == Profile::Keep,
                source_data,
                rivals,
            },
            pipeline,
        })
    }

    pub(super) fn input(&self, index: InputIndex) -> Result<&'a Input, Error> {
        self.recipe.inputs.get(index.0).ok_or_else(|| Error::internal(format!("no input {}", index.0)))
    }

    /// Frames that take part, if the output can hold several.
    pub(super) fn frames(&self, input: &Input, probe: &Probe) -> Result<u32, Error> {
        let limits = &self.settings.limits;
        let frames = match input.frames {
            Frames::First => 1,
            Frames::All => probe.frames,
            Frames::FirstOfGif(_) if probe.format != Format::Gif => {
                return Err(Error::Unsuitable("Format must be Gif".into()));
            }
            Frames::FirstOfGif(count) => probe.frames.min(count),
            Frames::Range(range) => {
                let left = probe.frames - skipped(input, probe);
                range.count.map_or(left, |count| count.get().min(left))
            }
        };
        let decoded = frames + skipped(input, probe);
        LimitError::check("frames", decoded.into(), limits.frames.into())?;
        let Pixels(pixels) = probe.size.pixels();
        LimitError::check("animation_pixels", pixels * u64::from(decoded), limits.animation_pixels.0.max(pixels))?;
        Ok(frames.max(1))
    }

    pub(super) fn pipeline(&mut self, index: InputIndex, frames: u32, purpose: Purpose<'_>) -> Result<Pipeline, Error> {
        let input = self.input(index)?;
        self.pipeline_of(index, &input.operations, frames, purpose)
    }

    /// The way of an input through these operations.
    pub(super) fn pipeline_of(
        &mut self,
        index: InputIndex,
        operations: &[Operation],
        frames: u32,
        purpose: Purpose<'_>,
    ) -> Result<Pipeline, Error> {
        let input = self.input(index)?;
        let probe = self.probes.get(index.0).ok_or_else(|| Error::internal("no header"))?;
        if !codecs::can_decode(probe.format) {
            return Err(Error::unsupported(format!("reading {}", probe.format)));
        }
        let mut steps = begun(input, probe);
        for (place, operation) in operations.iter().enumerate() {
            self.budget = self.budget.checked_sub(1).ok_or(LimitError {
                limit: "operations",
                actual: self.settings.limits.operations as u64 + 1,
                allowed: self.settings.limits.operations as u64,
            })?;
            let planned = steps.list.len();
            let before = operations.get(..place).unwrap_or_default();
            self.operation(operation, Around { index, input, probe, frames, purpose, before }, &mut steps)?;
            self.check(&steps, planned, probe)?;
        }
        if let (Some(wanted), Some(parent)) = (purpose.mark, purpose.parent) {
            let planned = steps.list.len();
            steps.resample(wanted.size(parent, steps.size), Light::Gamma);
            self.check(&steps, planned, probe)?;
        }
        if let Some(most) = purpose.most {
            steps.resample(geometry::inscribe(steps.size, Size::new(most, most)), Light::Gamma);
        }
        if purpose.output.is_some() {
            self.settings.limits.check_result(steps.size)?;
        }
        Ok(finish(index, probe, (skipped(input, probe), frames), purpose, steps.list))
    }

    /// Whether every picture from step `planned` on may be made, also one of which an operation then keeps a window only.
    fn check(&self, steps: &Steps, planned: usize, probe: &Probe) -> Result<(), LimitError> {
        steps.list.iter().skip(planned).try_for_each(|step| {
            self.settings.limits.check_result(step.size).or_else(|error| {
                // What only keeps or shrinks a source that was admitted is no result yet.
                if step.size.pixels() <= probe.size.pixels() && step.size.longer() <= probe.size.longer() {
                    Ok(())
                } else {
                    Err(error)
                }
            })
        })
    }
}

/// Frames of an input that are passed over.
fn skipped(input: &Input, probe: &Probe) -> u32 {
    match input.frames {
        Frames::Range(range) => range.first.min(probe.frames.saturating_sub(1)),
        Frames::All | Frames::First | Frames::FirstOfGif(_) => 0,
    }
}
