//! The walk through a recipe.

use lightmill_recipe::{
    Enlarge, Fit, Format, Frames, Input, InputIndex, LimitError, Mark, Operation, Orientation, Output, Overlay,
    PictureOutput, Pixels, Profile, QualityRule, Recipe, Rect, Resize, Size, geometry,
};

use super::finish::finish;
use super::{
    Action, Encode, Pipeline, Plan, Rival, Settings, SourceData, Step, Work, colours, cost, output, source_data,
};
use crate::{Error, ExifOrientation, Layout, Probe, codecs};

/// Works out what will be done for `recipe`, whose inputs have the headers `probes` (one for each, in order).
///
/// # Errors
/// [`Error::Limit`] for what is too large, [`Error::Unsuitable`] for operations that do not fit their picture,
/// [`Error::Unsupported`] for formats that this build does not read or write.
pub fn plan(recipe: &Recipe, probes: &[Probe], settings: &Settings) -> Result<Plan, Error> {
    let [main, ..] = probes else { return Err(Error::internal("a plan needs the header of input 0")) };
    if probes.len() != recipe.inputs.len() {
        return Err(Error::internal(format!("{} headers for {} inputs", probes.len(), recipe.inputs.len())));
    }
    for probe in probes {
        if !settings.formats.reads(probe.format) {
            return Err(Error::unsupported(format!("reading {}", probe.format)));
        }
        LimitError::check("source_bytes", probe.bytes, settings.limits.source_bytes)?;
        settings.limits.check_source(probe.size)?;
    }
    let mut planner = Planner { recipe, probes, settings, budget: settings.limits.operations };
    let mut outputs = Vec::with_capacity(recipe.outputs.len());
    for wanted in &recipe.outputs {
        outputs.push(match recipe.only_if_source_bytes_at_least {
            Some(bytes) if main.bytes < bytes && source_data::can_pass(main.format) => {
                let metadata = source_data::metadata(wanted);
                Work::Passthrough { format: main.format, metadata, reason: "the source is below the threshold" }
            }
            _ => planner.work(wanted, main)?,
        });
    }
    let cost = cost::estimate(&outputs, probes);
    LimitError::check("memory_bytes", cost.bytes, settings.limits.memory_bytes)?;
    Ok(Plan { outputs, cost })
}

struct Planner<'a> {
    recipe: &'a Recipe,
    probes: &'a [Probe],
    settings: &'a Settings,
    /// Operations that may still be planned: bounds overlays that are used again and again.
    budget: usize,
}

/// What a pipeline is for.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// The picture's own output; `None` for overlays and average hues.
    pub(super) output: Option<(&'a PictureOutput, Format)>,
    /// Size of the picture on which this one is laid.
    parent: Option<Size>,
}

impl Planner<'_> {
    fn work(&mut self, wanted: &Output, main: &Probe) -> Result<Work, Error> {
        match wanted {
            Output::Info(fields) => Ok(Work::Info { fields: *fields }),
            Output::AverageHue => {
                Ok(Work::AverageHue(self.pipeline(InputIndex(0), 1, Purpose { output: None, parent: None })?))
            }
            Output::Picture(picture) => self.encode(picture, main),
        }
    }

    fn encode(&mut self, picture: &PictureOutput, main: &Probe) -> Result<Work, Error> {
        let input = self.input(InputIndex(0))?;
        let frames = self.frames(input, main)?;
        let formats = output::Candidates::new(picture, main, frames > 1, self.settings.formats)?;
        let (format, because) = (formats.first, formats.because);
        let frames = if format.can_animate() { frames } else { 1 };
        let purpose = Purpose { output: Some((picture, format)), parent: None };
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

    fn input(&self, index: InputIndex) -> Result<&Input, Error> {
        self.recipe.inputs.get(index.0).ok_or_else(|| Error::internal(format!("no input {}", index.0)))
    }

    /// Frames that take part, if the output can hold several.
    fn frames(&self, input: &Input, probe: &Probe) -> Result<u32, Error> {
        let limits = &self.settings.limits;
        let frames = match input.frames {
            Frames::First => 1,
            Frames::All => probe.frames,
            Frames::FirstOfGif(_) if probe.format != Format::Gif => {
                return Err(Error::Unsuitable("Format must be Gif".into()));
            }
            Frames::FirstOfGif(count) => probe.frames.min(count),
        };
        LimitError::check("frames", frames.into(), limits.frames.into())?;
        let Pixels(pixels) = probe.size.pixels();
        LimitError::check("animation_pixels", pixels * u64::from(frames), limits.animation_pixels.0.max(pixels))?;
        Ok(frames.max(1))
    }

    fn pipeline(&mut self, index: InputIndex, frames: u32, purpose: Purpose<'_>) -> Result<Pipeline, Error> {
        let input = self.input(index)?.clone();
        let probe = self.probes.get(index.0).ok_or_else(|| Error::internal("no header"))?;
        if !codecs::can_decode(probe.format) {
            return Err(Error::unsupported(format!("reading {}", probe.format)));
        }
        let mut steps = Steps { size: probe.size, steps: Vec::new() };
        if input.orientation == Orientation::Apply && !probe.orientation.is_upright() {
            steps.push(Action::Orient { orientation: probe.orientation }, probe.upright());
        }
        for operation in &input.operations {
            self.budget = self.budget.checked_sub(1).ok_or(LimitError {
                limit: "operations",
                actual: self.settings.limits.operations as u64 + 1,
                allowed: self.settings.limits.operations as u64,
            })?;
            let planned = steps.steps.len();
            self.operation(operation, index, probe, purpose, &mut steps)?;
            // Every step's picture is made, also one of which an operation then keeps a window only.
            for step in &steps.steps[planned..] {
                self.settings.limits.check_result(step.size).or_else(|error| {
                    // What only keeps or shrinks a source that was admitted is no result yet.
                    if step.size.pixels() <= probe.size.pixels() && step.size.longer() <= probe.size.longer() {
                        Ok(())
                    } else {
                        Err(error)
                    }
                })?;
            }
        }
        if purpose.output.is_some() {
            self.settings.limits.check_result(steps.size)?;
        }
        Ok(finish(index, probe, frames, purpose, steps.steps))
    }

    fn operation(
        &mut self,
        operation: &Operation,
        index: InputIndex,
        probe: &Probe,
        purpose: Purpose<'_>,
        steps: &mut Steps,
    ) -> Result<(), Error> {
        let size = steps.size;
        match operation {
            Operation::Resize(resize) => steps.resize(*resize, probe, purpose),
            Operation::Crop(crop) => steps.crop(geometry::crop(size, crop)?),
            Operation::Tile(tile) => {
                steps.crop(geometry::tile(size, tile).unwrap_or(Rect::whole(size)));
            }
            Operation::Circle(circle) => {
                steps.crop(geometry::circle(size, circle));
                steps.push(Action::MaskCircle { radius: geometry::disc(size, circle) }, steps.size);
            }
            Operation::RoundedCorners(corners) => {
                steps.push(Action::MaskRounded { radius: corners.radius.min(size.shorter().div_ceil(2)) }, size);
            }
            Operation::Rotate(rotate) => {
                let turned = geometry::rotate(size, rotate.degrees);
                match rotate.degrees % 360 {
                    0 => {}
                    90 => steps.push(Action::Orient { orientation: ExifOrientation::new(6) }, turned),
                    180 => steps.push(Action::Orient { orientation: ExifOrientation::new(3) }, turned),
                    270 => steps.push(Action::Orient { orientation: ExifOrientation::new(8) }, turned),
                    degrees => steps.push(Action::Rotate { degrees }, turned),
                }
            }
            Operation::Blur(blur) => steps.push(Action::Blur { blur: *blur }, size),
            Operation::Sharpen(sharpen) => steps.push(Action::Sharpen { sharpen: *sharpen }, size),
            Operation::Linear(linear) => {
                if linear.gain.to_bits() != 1f32.to_bits() || linear.offset != 0.0 {
                    steps.push(Action::Linear { linear: *linear }, size);
                }
            }
            Operation::Greyscale => steps.push(Action::Greyscale, size),
            Operation::Overlay(overlay) => {
                let image = self.mark(overlay, index, size)?;
                steps.push(Action::Draw { overlay: overlay.clone(), image }, size);
            }
        }
        Ok(())
    }

    /// The pipeline of the picture in a mark.
    fn mark(&mut self, overlay: &Overlay, owner: InputIndex, parent: Size) -> Result<Option<Box<Pipeline>>, Error> {
        let (Mark::Image(index) | Mark::ImageAndText { image: index, .. }) = &overlay.mark else { return Ok(None) };
        if *index <= owner {
            return Err(Error::internal("an overlay refers to an input before its own"));
        }
        let purpose = Purpose { output: None, parent: Some(parent) };
        Ok(Some(Box::new(self.pipeline(*index, 1, purpose)?)))
    }
}

/// Steps so far, with the size after the last; layouts are filled in by [`finish`].
struct Steps {
    size: Size,
    steps: Vec<Step>,
}

impl Steps {
    fn push(&mut self, action: Action, size: Size) {
        self.size = size;
        self.steps.push(Step { action, size, layout: Layout::Rgb });
    }

    fn crop(&mut self, window: Rect) {
        if window.size != self.size {
            self.push(Action::Crop { window }, window.size);
        }
    }

    fn resize(&mut self, mut resize: Resize, probe: &Probe, purpose: Purpose<'_>) {
        if resize.enlarge == Enlarge::AllowedButGif {
            let stays = probe.format == Format::Gif && purpose.output.is_some_and(|(_, format)| format == Format::Gif);
            resize.enlarge = if stays { Enlarge::Never } else { Enlarge::Allowed };
        }
        let resized = geometry::resize(self.size, &resize, purpose.parent);
        if resized.scaled != self.size {
            self.push(Action::Resample { light: resize.light, part: None }, resized.scaled);
        }
        self.crop(resized.window);
        if let Fit::Contain { background } = resize.fit
            && resized.canvas != self.size
        {
            self.push(Action::Pad { at: resized.at, colour: background }, resized.canvas);
        }
    }
}
