//! What is done to a picture, to be told instead of done.

use lightmill_recipe::{
    Cut, Edge, Focus, Format, FoundKind, InputIndex, LimitError, Meta, Method, Operation, PictureOutput, Rect, Reframe,
    Size, geometry,
};
use serde::Serialize;

use super::build::{Around, PLACEHOLDER_SIDE, Planner, Purpose, begun};
use super::steps::Steps;
use super::{Action, Step, Work, output};
use crate::{Error, Layout, Probe};

/// What would be done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// The source as it is shown.
    pub source: Size,
    /// Where it is cut, resized and mirrored.
    pub operations: Vec<Told>,
    /// The result's size.
    pub target: Size,
    /// The result's format.
    pub format: Format,
    /// Samples of a pixel of the result.
    pub bands: u8,
    /// What matters in the source.
    pub focal_points: Vec<FocalPoint>,
}

/// One thing that is done to the geometry of a picture (Thumbor's `meta`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// A window is kept; right and bottom are exclusive.
    Crop {
        /// First column.
        left: u32,
        /// First row.
        top: u32,
        /// Column after the last.
        right: u32,
        /// Row after the last.
        bottom: u32,
    },
    /// It gets this size.
    Resize {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Left becomes right.
    FlipHorizontally,
    /// Top becomes bottom.
    FlipVertically,
}

/// A place that matters, in pixels of the picture before it is cut to an aspect ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FocalPoint {
    /// Column of its middle.
    pub x: u32,
    /// Row of its middle.
    pub y: u32,
    /// Weight.
    pub z: f64,
    /// Rows.
    pub height: u32,
    /// Columns.
    pub width: u32,
    /// How it was found.
    pub origin: &'static str,
}

impl Planner<'_> {
    pub(super) fn meta(&mut self, meta: &Meta, picture: &PictureOutput, main: &Probe) -> Result<Work, Error> {
        let first = InputIndex(0);
        let frames = self.frames(self.input(first)?, main)?;
        let format = output::Candidates::new(picture, main, frames > 1, self.settings.formats)?.first;
        let budget = self.budget;
        let (operations, focal_points) = self.tell(frames, main)?;
        self.budget = budget;
        let whole = self.pipeline(first, 1, Purpose::output(None))?;
        let small = match meta {
            Meta::Picture { blurhash, thumbhash, average_colour }
                if blurhash.is_some() || *thumbhash || *average_colour =>
            {
                let purpose = Purpose { most: Some(PLACEHOLDER_SIDE), ..Purpose::output(None) };
                self.budget = budget;
                Some(self.pipeline(first, 1, purpose)?)
            }
            _ => None,
        };
        let has_alpha = whole.layout().has_alpha();
        let is_grey = matches!(whole.layout(), Layout::Grey | Layout::Grey16);
        let bands = if is_grey { 1 } else { 3 } + u8::from(has_alpha);
        let target = whole.size();
        let story = Story { source: main.upright(), operations, target, format, bands, focal_points };
        Ok(Work::Meta { meta: meta.clone(), story, small })
    }

    /// What is done to the geometry before the first filter, and around what.
    fn tell(&mut self, frames: u32, probe: &Probe) -> Result<(Vec<Told>, Vec<FocalPoint>), Error> {
        let index = InputIndex(0);
        let input = self.input(index)?;
        let mut steps = begun(input, probe);
        let (mut told, mut focal) = (Vec::new(), None);
        for (place, operation) in input.operations.iter().enumerate() {
            let allowed = self.settings.limits.operations as u64;
            LimitError::check("operations", place as u64 + 1, allowed)?;
            let before = input.operations.get(..place).unwrap_or_default();
            let purpose = Purpose::output(None);
            let around = Around { index, input, probe, frames, purpose, before };
            let planned = steps.list.len();
            match operation {
                Operation::Cut(Cut { trim, window }) => {
                    let trimmed = self.border(*trim, around)?;
                    let size = steps.size;
                    let kept = geometry::cut(size, trimmed, window.as_ref());
                    let rest = trimmed.unwrap_or(Rect::whole(size));
                    told.extend(crop(size, rest));
                    let within = Rect { x: kept.x.saturating_sub(rest.x), y: kept.y.saturating_sub(rest.y), ..kept };
                    told.extend(crop(rest.size, within));
                    steps.trim_and_cut(trimmed, window.as_ref());
                    continue;
                }
                Operation::Reframe(reframe) => focal = Some(self.focal_points(reframe, &steps)),
                Operation::Flip(_) => {}
                _ => break,
            }
            self.operation(operation, around, &mut steps)?;
            told.extend(steps.list.iter().skip(planned).flat_map(geometric));
        }
        let focal = focal.unwrap_or_else(|| vec![aligned(steps.size, &Focus::default())]);
        Ok((told, focal))
    }

    fn focal_points(&self, reframe: &Reframe, steps: &Steps) -> Vec<FocalPoint> {
        let found = self.findings.first().and_then(Option::as_ref).filter(|_| reframe.focus.detect);
        let is_face = found.is_some_and(|found| found.regions.iter().any(|found| found.what == FoundKind::Face));
        let detected = found.map(|found| steps.regions(found, reframe.arithmetic)).unwrap_or_default();
        let origin = if is_face { "Face Detection" } else { "alignment" };
        let regions = reframe.focus.regions.iter().map(|region| (*region, "alignment"));
        let regions = regions.chain(detected.into_iter().map(|region| (region, origin)));
        let points: Vec<FocalPoint> = regions
            .map(|(region, origin)| {
                let loaded = (f64::from(steps.loaded.width), f64::from(steps.loaded.height));
                let (wide, high) = if region.relative { loaded } else { (1.0, 1.0) };
                let (width, height) = ((region.right - region.left) * wide, (region.bottom - region.top) * high);
                let x = f64::midpoint(region.left, region.right) * wide - f64::from(steps.cut.x);
                let y = f64::midpoint(region.top, region.bottom) * high - f64::from(steps.cut.y);
                // Float casts saturate.
                let (columns, rows) = (width.round() as u32, height.round() as u32);
                FocalPoint { x: x as u32, y: y as u32, z: width * height, height: rows, width: columns, origin }
            })
            .collect();
        if points.is_empty() && reframe.method != Method::Stretch {
            return vec![aligned(steps.size, &reframe.focus)];
        }
        points
    }
}

/// The point that the alignment means.
fn aligned(size: Size, focus: &Focus) -> FocalPoint {
    let at = |edge, length: u32| match edge {
        Edge::Start => 0,
        Edge::Middle => length / 2,
        Edge::End => length,
    };
    let (x, y) = (at(focus.column, size.width), at(focus.row, size.height));
    FocalPoint { x, y, z: 1.0, height: 1, width: 1, origin: "alignment" }
}

fn crop(before: Size, window: Rect) -> Option<Told> {
    let Rect { x, y, size } = window;
    (size != before).then_some(Told::Crop { left: x, top: y, right: x + size.width, bottom: y + size.height })
}

fn geometric(step: &Step) -> Vec<Told> {
    match &step.action {
        Action::Crop { window } => {
            let Rect { x, y, size } = *window;
            vec![Told::Crop { left: x, top: y, right: x + size.width, bottom: y + size.height }]
        }
        Action::Resample { .. } => vec![Told::Resize { width: step.size.width, height: step.size.height }],
        Action::Orient { orientation } => match orientation.value() {
            2 => vec![Told::FlipHorizontally],
            4 => vec![Told::FlipVertically],
            3 => vec![Told::FlipHorizontally, Told::FlipVertically],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
