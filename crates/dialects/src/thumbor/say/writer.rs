use std::num::NonZeroUsize;

use lightmill_recipe::video::VideoFrame;
use lightmill_recipe::{
    Edge, Edges, FillCanvas, Flip, FocalRegion, Focus, Frames, Input, InputIndex, Locator, Margins, Method, Operation,
    Orientation, Output, PictureOutput, Recipe, Reframe, Source,
};

use super::{Frame, Said, Say};
use crate::thumbor::filters::{Argument, Call, Definition, Filter, Form, reference};
use crate::thumbor::url::{Dimensions, FitIn, Image, Security, TrimWish, Url};
use crate::thumbor::{Flavour, Options};
use crate::{Directives, Unsayable};

/// A picture that is being written.
#[derive(Debug, Clone, Copy)]
pub(in crate::thumbor) struct Writer<'a> {
    pub options: &'a Options,
    pub directives: &'a Directives,
    pub frame: Frame<'a>,
    recipe: &'a Recipe,
    input: &'a Input,
    /// Which input of the recipe it is, if it is not the main one.
    mark: Option<NonZeroUsize>,
}

impl<'a> Writer<'a> {
    /// The main picture.
    pub fn new(recipe: &'a Recipe, directives: &'a Directives, options: &'a Options) -> Result<Self, Vec<Unsayable>> {
        let input = recipe.main().ok_or_else(|| vec![Unsayable::new("the picture", "there is none")])?;
        let frame = Frame::of(&input.operations, options.flavour);
        Ok(Self { options, directives, frame, recipe, input, mark: None })
    }

    pub fn flavour(&self) -> Flavour {
        self.options.flavour
    }

    /// How the result is encoded; `None` for a mark, which is not.
    pub fn output(&self) -> Option<&'a PictureOutput> {
        match self.recipe.outputs.as_slice() {
            [Output::Picture(picture)] if self.mark.is_none() => Some(picture),
            _ => None,
        }
    }

    /// What is said about the answer; nothing for a mark.
    pub fn about(&self) -> Option<&'a Directives> {
        self.mark.is_none().then_some(self.directives)
    }

    pub fn frames(&self) -> Frames {
        self.input.frames
    }

    /// The frame that is taken of a video; a mark has none.
    pub fn video_frame(&self) -> Option<VideoFrame> {
        self.input.video_frame
    }

    pub fn reframe(&self) -> Option<&'a Reframe> {
        self.frame.reframe
    }

    /// What matters in the picture.
    pub fn regions(&self) -> &'a [FocalRegion] {
        self.reframe().map(|reframe| reframe.focus.regions.as_slice()).unwrap_or_default()
    }

    /// The key of a mark to which nothing is done first.
    pub fn plain_mark(&self, index: InputIndex) -> Option<String> {
        let input = self.inner(index)?.input;
        let orientation = if self.is_upright() { Orientation::Apply } else { Orientation::Ignore };
        let plain = input.operations.is_empty() && input.frames == Frames::All && input.orientation == orientation;
        match &input.source {
            Source::Object(Locator { source: None, key }) if plain => Some(key.clone()),
            _ => None,
        }
    }

    /// The path of a mark in the whole language.
    pub fn nested_mark(&self, index: InputIndex) -> Result<String, Unsayable> {
        let inner = self.inner(index).ok_or_else(|| Unsayable::new("a mark", "it refers to a picture around it"))?;
        let url = inner.url().map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(Unsayable::to_string).collect();
            Unsayable::new("a mark", problems.join("; "))
        })?;
        Ok(Url { security: Security::Missing, ..url }.to_path(self.flavour()))
    }

    /// The writer of a mark. Marks refer only to inputs behind their own.
    fn inner(&self, InputIndex(index): InputIndex) -> Option<Self> {
        let mark = NonZeroUsize::new(index).filter(|mark| Some(*mark) > self.mark)?;
        let input = self.recipe.inputs.get(index)?;
        Some(Self { frame: Frame::of(&input.operations, self.flavour()), input, mark: Some(mark), ..*self })
    }

    fn is_upright(&self) -> bool {
        self.options.respect_orientation || self.flavour() == Flavour::Imagor
    }

    /// The URL, not yet proven.
    pub fn url(&self) -> Result<Url, Vec<Unsayable>> {
        let mut problems = Vec::new();
        let image = self.image().unwrap_or_else(|problem| {
            problems.push(problem);
            Image::Object { key: String::new(), base64: false }
        });
        let filters = self.filters(&mut problems);
        let focus = self.reframe().map(|reframe| &reframe.focus);
        let edge = |edge: fn(&Focus) -> Edge| focus.map(edge).filter(|edge| *edge != Edge::Middle);
        let padding = self.padding();
        let method = self.reframe().map(|reframe| reframe.method);
        let trim = self.frame.cut.and_then(|cut| cut.trim);
        let url = Url {
            security: Security::Unsafe,
            debug: self.frame.debug,
            trim: trim.map(|trim| TrimWish { reference: trim.reference, tolerance: trim.tolerance }),
            crop: self.frame.cut.and_then(|cut| cut.window).map(|edges| open(edges, self.flavour())),
            fit_in: match method {
                Some(Method::FitIn { adaptive, full }) => Some(FitIn { adaptive, full }),
                _ => None,
            },
            stretch: self.flavour() == Flavour::Imagor && method == Some(Method::Stretch),
            size: self.size(padding.is_some()),
            padding,
            column: edge(|focus| focus.column),
            row: edge(|focus| focus.row),
            smart: focus.is_some_and(|focus| focus.detect),
            filters,
            ..Url::of(image)
        };
        if problems.is_empty() { Ok(url) } else { Err(problems) }
    }

    fn image(&self) -> Result<Image, Unsayable> {
        match &self.input.source {
            Source::Object(Locator { source: None, key }) => Ok(Image::Object { key: key.clone(), base64: false }),
            Source::Object(_) => Err(Unsayable::new("the picture", "a URL does not choose among sources")),
            Source::Colour(colour) if self.flavour() == Flavour::Imagor => Ok(Image::Colour(*colour)),
            Source::Colour(_) => Err(Unsayable::new("a picture of one colour", "only imagor has a word for it")),
        }
    }

    fn size(&self, for_padding: bool) -> Option<Dimensions> {
        let flip = self.frame.flip.unwrap_or(Flip { horizontal: false, vertical: false });
        let size = self.reframe().map(|reframe| (reframe.width, reframe.height));
        let (width, height) = size.unwrap_or_default();
        let is_said = size.is_some() || self.frame.flip.is_some() || for_padding;
        is_said.then_some(Dimensions { width, height, flip_horizontal: flip.horizontal, flip_vertical: flip.vertical })
    }

    /// The margins of the canvas that `fill` puts behind the frame.
    fn padding(&self) -> Option<Margins> {
        self.frame.steps.iter().find_map(|operation| match operation {
            Operation::Fill(fill) => match fill.canvas {
                FillCanvas::Frame(margins) => Some(margins).filter(|margins| *margins != Margins::default()),
                FillCanvas::Picture(_) => None,
            },
            _ => None,
        })
    }

    fn filters(&self, problems: &mut Vec<Unsayable>) -> Vec<Filter> {
        let mut filters = Vec::new();
        for (index, operation) in self.frame.steps.iter().enumerate() {
            match self.step(operation) {
                Some(Ok(filter)) => filters.push(filter),
                Some(Err(problem)) => problems.push(problem),
                None => problems.push(self.unknown(index, operation)),
            }
        }
        for (definition, form) in self.forms() {
            if let Say::Setting(say) = form.say {
                filters.extend(say(self).into_iter().map(|arguments| filter(definition, form, arguments)));
            }
        }
        filters
    }

    fn step(&self, operation: &Operation) -> Option<Result<Filter, Unsayable>> {
        self.forms().find_map(|(definition, form)| {
            let said = match form.say {
                Say::Step(say) => say(operation).map(Ok),
                Say::Mark(say) => say(operation, self),
                Say::Setting(_) | Say::Otherwise => None,
            }?;
            Some(said.map(|arguments| filter(definition, form, arguments)))
        })
    }

    /// Every filter that this server has on.
    fn forms(&self) -> impl Iterator<Item = (&'static Definition, &'static Form)> {
        reference().iter().filter_map(|definition| {
            let form = definition.form(self.flavour())?;
            let on = !form.opt_in || self.options.opt_in.iter().any(|name| name == definition.name);
            on.then_some((*definition, form))
        })
    }

    /// Why no filter says a step.
    fn unknown(&self, index: usize, operation: &Operation) -> Unsayable {
        let name = self.flavour().name();
        if super::frame::is_part(operation) {
            let before = index.checked_sub(1).and_then(|before| self.frame.steps.get(before));
            let place = before.map_or_else(
                || "it stands in another order".to_owned(),
                |before| format!("it stands behind `{}`", before.name()),
            );
            return Unsayable::new(
                operation.name(),
                format!("{place}; {name} trims and cuts, then resizes, then mirrors, each once, before its filters"),
            );
        }
        let others = Flavour::ALL.into_iter().filter(|flavour| *flavour != self.flavour());
        let knows = others
            .map(Options::of)
            .find(|options| Writer { options, ..*self }.step(operation).is_some_and(|said| said.is_ok()));
        Unsayable::new(
            operation.name(),
            match knows {
                Some(options) => format!("{name} has no filter for it; {} has", options.flavour.name()),
                None => format!("{name} has no filter for it with these values"),
            },
        )
    }
}

fn filter(definition: &'static Definition, form: &'static Form, mut arguments: Said) -> Filter {
    arguments.resize(form.parameters.len(), Argument::Absent);
    Filter::Known(Call { definition, form, arguments })
}

/// imagor's 0 for the picture's own edge, where it is not read as a part of the picture.
fn open(edges: Edges, flavour: Flavour) -> Edges {
    match edges {
        Edges::Pixels { left, top, right, bottom } if flavour == Flavour::Imagor => {
            let edge = |edge| if edge == u32::MAX { 0 } else { edge };
            let (open_right, open_bottom) = (edge(right), edge(bottom));
            let whole = left == 0 && top == 0 && open_right <= 1 && open_bottom <= 1;
            let (right, bottom) = if whole { (right, bottom) } else { (open_right, open_bottom) };
            Edges::Pixels { left, top, right, bottom }
        }
        edges => edges,
    }
}
