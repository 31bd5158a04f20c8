use lightmill_recipe::{
    Format, Frames, Input, InputIndex, Locator, Metadata, Operation, Orientation, Output, PictureOutput, Quality,
    QualityRule, Recipe,
};

use super::Options;
use super::arguments::Arguments;
use super::definition::Definition;
use super::operations::find;
use super::video;
use crate::Error;

/// What `format` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormatWish {
    /// Nothing: the client's preference decides.
    Absent,
    /// The source's format stays.
    Keep,
    /// This format.
    Is(Format),
}

/// A recipe that is being read, action by action.
#[derive(Debug)]
pub(crate) struct Draft<'o> {
    pub options: &'o Options,
    /// The picture that the actions work on, and behind it the pictures laid on it.
    pub inputs: Vec<Input>,
    /// Whether this is the picture of a watermark.
    pub is_mark: bool,
    pub format: FormatWish,
    pub quality: QualityRule,
    pub progressive: Option<bool>,
    /// What becomes of metadata, if an action says it.
    pub metadata: Option<Metadata>,
    pub threshold: Option<u64>,
    /// The format that `snapshot` itself names.
    pub frame_format: Option<Format>,
    /// What is made of a whole video.
    pub video: Option<Output>,
    /// The action that gives text instead of a picture.
    report: Option<(&'static str, Output)>,
    /// Names of the actions so far, those of watermark pictures included.
    actions: Vec<&'static str>,
}

impl<'o> Draft<'o> {
    pub fn new(locator: &Locator, options: &'o Options) -> Self {
        Self {
            options,
            inputs: vec![Input::new(locator.clone())],
            is_mark: false,
            format: FormatWish::Absent,
            quality: QualityRule::Default,
            progressive: None,
            metadata: None,
            threshold: None,
            frame_format: None,
            video: None,
            report: None,
            actions: Vec::new(),
        }
    }

    /// Adds one action: its name, and after a comma its parameters.
    pub fn action(&mut self, text: &str) -> Result<(), Error> {
        let (name, parameters) = text.split_once(',').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let definition = find(name).ok_or_else(|| Error::UnknownAction(Error::quote(name)))?;
        self.read(definition, parameters)
    }

    /// The one action of a request about a video.
    pub fn video_action(&mut self, text: &str) -> Result<(), Error> {
        let (name, parameters) = text.split_once(',').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let definition = video::find(name).ok_or_else(|| Error::UnknownAction(Error::quote(name)))?;
        self.read(definition, parameters)
    }

    fn read(&mut self, definition: &'static Definition, parameters: Option<&str>) -> Result<(), Error> {
        self.may_stand_here(definition)?;
        self.actions.push(definition.name);
        Error::limit("actions", self.actions.len(), self.options.max_operations)?;
        (definition.read)(&Arguments::new(definition, self.options.flavour, parameters), self)
    }

    fn may_stand_here(&self, definition: &Definition) -> Result<(), Error> {
        match self.report {
            Some((action, Output::AverageHue)) => Err(Error::NotCombinable { action, other: definition.name }),
            _ if self.is_mark && !definition.for_marks => {
                Err(Error::NotCombinable { action: "a picture of watermark", other: definition.name })
            }
            _ => Ok(()),
        }
    }

    /// Adds a step to what is done to the picture.
    pub fn step(&mut self, operation: Operation) {
        if let Some(main) = self.inputs.first_mut() {
            main.operations.push(operation);
        }
    }

    /// Changes the picture's input.
    pub fn main(&mut self, change: impl FnOnce(&mut Input)) {
        if let Some(main) = self.inputs.first_mut() {
            change(main);
        }
    }

    /// Text instead of a picture, said by the action of this name.
    pub fn report(&mut self, action: &'static str, output: Output) -> Result<(), Error> {
        match self.report.replace((action, output)) {
            Some((other, _)) if other != action => Err(Error::NotCombinable { action, other }),
            _ => Ok(()),
        }
    }

    /// Reads the actions of a picture that is laid on this one, and gives it a place among the inputs.
    pub fn mark<'a>(&mut self, locator: &Locator, actions: impl Iterator<Item = &'a str>) -> Result<InputIndex, Error> {
        let mut mark = Draft::new(locator, self.options);
        mark.is_mark = true;
        mark.actions = std::mem::take(&mut self.actions);
        mark.main(|input| input.frames = Frames::First);
        for action in actions {
            mark.action(action)?;
        }
        self.actions = mark.actions;
        let index = InputIndex(self.inputs.len());
        self.inputs.append(&mut mark.inputs);
        Error::limit("pictures", self.inputs.len(), self.options.max_inputs)?;
        Ok(index)
    }

    /// The recipe, for a client that sent `accept`.
    pub fn finish(mut self, accept: Option<&str>) -> Result<Recipe, Error> {
        let flavour = self.options.flavour;
        if let Some(output) = self.video {
            return Ok(Recipe { inputs: self.inputs, outputs: vec![output], only_if_source_bytes_at_least: None });
        }
        let is_frame = self.inputs.first().is_some_and(|main| main.video_frame.is_some());
        if is_frame {
            self.check_frame()?;
        }
        match self.report {
            Some((action, Output::Info(fields))) => {
                let other = self.actions.iter().copied().find(|name| *name != action);
                match other.filter(|_| !flavour.is_reference_server()) {
                    Some(other) => return Err(Error::NotCombinable { action, other }),
                    None => self.inputs.truncate(1),
                }
                self.main(|input| {
                    input.operations.clear();
                    input.orientation = Orientation::Apply;
                    input.frames = Frames::All;
                });
                return Ok(Recipe {
                    inputs: self.inputs,
                    outputs: vec![Output::Info(fields)],
                    only_if_source_bytes_at_least: None,
                });
            }
            Some((action, output)) => {
                let encodes = |name: &&&str| matches!(**name, "format" | "quality" | "interlace");
                if let Some(other) = self.actions.iter().find(encodes) {
                    return Err(Error::NotCombinable { action, other });
                }
                let only_if_source_bytes_at_least = self.threshold;
                return Ok(Recipe { inputs: self.inputs, outputs: vec![output], only_if_source_bytes_at_least });
            }
            None => {}
        }
        let (format, preferred) = match self.format {
            FormatWish::Is(format) => (Some(format), Vec::new()),
            FormatWish::Absent if is_frame => frame_formats(flavour.preferred(accept, self.options)),
            FormatWish::Absent => (None, flavour.preferred(accept, self.options)),
            FormatWish::Keep if is_frame => (Some(self.frame_format.unwrap_or(Format::Jpeg)), Vec::new()),
            FormatWish::Keep => (None, Vec::new()),
        };
        let picture = PictureOutput {
            format,
            preferred,
            quality: Quality { rule: self.quality, default: flavour.default_quality() },
            progressive: self.progressive.or(flavour.progressive()),
            metadata: self.metadata,
            ..PictureOutput::default()
        };
        Ok(Recipe {
            inputs: self.inputs,
            outputs: vec![Output::Picture(picture)],
            only_if_source_bytes_at_least: self.threshold,
        })
    }

    /// What cannot be said of a frame: what is about the stored object, and a format for a result that has none.
    fn check_frame(&self) -> Result<(), Error> {
        let about_source = |name: &&&str| matches!(**name, "info" | "threshold" | "cgif");
        if let Some(other) = self.actions.iter().find(about_source) {
            return Err(Error::NotCombinable { action: "snapshot", other });
        }
        match self.report {
            Some((action, _)) if self.frame_format.is_some() => {
                Err(Error::NotCombinable { action, other: "f of snapshot" })
            }
            _ => Ok(()),
        }
    }
}

/// The format of a frame where nobody names one: JPEG, or the best of what the client prefers to it.
fn frame_formats(mut preferred: Vec<Format>) -> (Option<Format>, Vec<Format>) {
    if preferred.is_empty() {
        return (Some(Format::Jpeg), preferred);
    }
    if !preferred.contains(&Format::Jpeg) {
        preferred.push(Format::Jpeg);
    }
    (None, preferred)
}
