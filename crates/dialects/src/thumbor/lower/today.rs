//! Steps as operations, as far as today's vocabulary reaches.
//!
//! A [`Reframe`] becomes a resize where the two agree to within the rounding of a side (half to even here, half up
//! there) and of the window that is kept. When the engine learns the step itself, this file goes.

use lightmill_recipe::{
    Arithmetic, ChannelTables, Crop, CropOrigin, Cut, Edges, Enlarge, Fade, Fit, Flip, Frames, Gravity, Growth, Input,
    Light, Linear, Mark, MarkSize, Method, Operation, Output, Overlay, Position, Recipe, Reframe, Resize, Rotate,
    RoundedCorners, Side, Stamp, StampMark, Step, Target,
};

use super::{Answer, FrameRange, Lowered, LoweredInput, Source};

impl Lowered {
    /// The recipe, if today's vocabulary can say every step.
    ///
    /// # Errors
    /// The names of what it cannot say, each once.
    pub fn recipe(&self) -> Result<Recipe, Vec<&'static str>> {
        let mut missing = Vec::new();
        let inputs = self.inputs.iter().filter_map(|input| operations(input, &mut missing)).collect();
        if self.answer != Answer::Picture {
            missing.push("meta");
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(missing);
        }
        let outputs = vec![Output::Picture(self.output.clone())];
        Ok(Recipe { inputs, outputs, only_if_source_bytes_at_least: None })
    }
}

/// The input with today's operations; the names of what they cannot say are added to `missing`.
fn operations(input: &LoweredInput, missing: &mut Vec<&'static str>) -> Option<Input> {
    let frames = match input.frames {
        FrameRange { first: 0, count: None } => Some(Frames::All),
        FrameRange::FIRST => Some(Frames::First),
        _ => None,
    };
    if frames.is_none() {
        missing.push("frames");
    }
    let mut operations = Vec::new();
    for step in &input.steps {
        match operations_of(step) {
            Some(found) => operations.extend(found),
            None => missing.push(step.name()),
        }
    }
    let Source::Object(locator) = &input.source else {
        missing.push("colour");
        return None;
    };
    Some(Input { locator: locator.clone(), orientation: input.orientation, frames: frames?, operations })
}

/// The operations that equal a step; `None` if there are none.
fn operations_of(step: &Step) -> Option<Vec<Operation>> {
    match step {
        Step::Operation(operation) => Some(vec![operation.clone()]),
        Step::Cut(Cut { trim: None, window: Some(window) }) => crop(*window).map(|crop| vec![Operation::Crop(crop)]),
        Step::Reframe(wanted) => resize(wanted).map(|resize| vec![Operation::Resize(resize)]),
        Step::Flip(Flip { horizontal: true, vertical: true }) => Some(vec![Operation::Rotate(Rotate { degrees: 180 })]),
        Step::Corners(corners) if corners.radius_x == corners.radius_y && corners.colour.is_none() => {
            Some(vec![Operation::RoundedCorners(RoundedCorners { radius: corners.radius_x })])
        }
        Step::Tables(tables) => linear(tables).map(|linear| vec![Operation::Linear(linear)]),
        Step::Stamp(stamp) => overlay(stamp).map(|overlay| vec![Operation::Overlay(overlay)]),
        _ => None,
    }
}

/// A window of whole pixels. (One that starts outside of the picture is an error there, and no window here.)
fn crop(window: Edges) -> Option<Crop> {
    let Edges::Pixels { left, top, right, bottom } = window else { return None };
    Some(Crop {
        width: Some(right.checked_sub(left)?),
        height: Some(bottom.checked_sub(top)?),
        x: left,
        y: top,
        gravity: Gravity::NorthWest,
        origin: CropOrigin::Window,
    })
}

fn resize(wanted: &Reframe) -> Option<Resize> {
    let side = |side| match side {
        Side::Free => Some(None),
        Side::Pixels(pixels) => Some(Some(pixels.get())),
        Side::Original | Side::ParentLess(_) => None,
    };
    let (width, height) = (side(wanted.width)?, side(wanted.height)?);
    let target = match wanted.method {
        Method::FitIn { adaptive: true, .. } => {
            Target::Sides { longer: Some(width.max(height)?), shorter: Some(width?.min(height?)) }
        }
        _ => Target::Box { width, height },
    };
    let centred = wanted.focus == lightmill_recipe::Focus::default();
    // With one side alone nothing is cut.
    let cuts = width.is_some() && height.is_some();
    let (fit, enlarge) = match (wanted.method, wanted.growth) {
        (Method::Cover, Growth::Usual | Growth::Always) if centred || !cuts => (Fit::Cover, Enlarge::Allowed),
        (Method::Cover | Method::Stretch, Growth::Never) if !cuts => (Fit::Inside, Enlarge::Never),
        // A box whose sides are bounded each by itself holds the same picture.
        (Method::FitIn { full: false, .. }, Growth::Usual | Growth::Never) => (Fit::Inside, Enlarge::Never),
        (Method::FitIn { full: true, .. }, Growth::Usual) if wanted.arithmetic == Arithmetic::ScaleThenCrop => {
            (Fit::Outside, Enlarge::Never)
        }
        (Method::FitIn { full: true, .. }, Growth::Usual | Growth::Always) => (Fit::Outside, Enlarge::Allowed),
        (Method::Stretch, Growth::Usual | Growth::Always) if cuts => (Fit::Stretch, Enlarge::Allowed),
        (Method::Stretch, Growth::Never) if cuts => (Fit::Stretch, Enlarge::NeverEachSide),
        (Method::FitIn { full: false, .. }, Growth::Always) | (Method::Stretch, Growth::Usual | Growth::Always) => {
            (Fit::Inside, Enlarge::Allowed)
        }
        _ => return None,
    };
    Some(Resize { target, fit, enlarge, light: Light::Gamma })
}

/// The straight line that gives the values of one table for all channels, to one step.
fn linear(tables: &ChannelTables) -> Option<Linear> {
    if tables.red != tables.green || tables.red != tables.blue {
        return None;
    }
    let values: Vec<f32> = (0..=255).map(|value| f32::from(tables.red.get(value))).collect();
    let inside = |value: &f32| *value > 0.0 && *value < 255.0;
    let (first, last) = (values.iter().position(inside), values.iter().rposition(inside));
    let (gain, offset) = match (first, last) {
        (Some(first), Some(last)) if last > first => {
            let gain = (values.get(last)? - values.get(first)?) / (last - first) as f32;
            (gain, values.get(first)? - gain * first as f32)
        }
        _ => (0.0, *values.get(128)?),
    };
    let line = |value: usize| (gain * value as f32 + offset).clamp(0.0, 255.0).round();
    let near = values.iter().enumerate().all(|(index, value)| (line(index) - value).abs() <= 1.0);
    near.then_some(Linear { gain, offset })
}

/// A mark in its own size, at whole pixels from the edges or in the middle, that fades as marks do today.
fn overlay(stamp: &Stamp) -> Option<Overlay> {
    let opacity = match stamp.fade {
        Fade::Subtract(0) | Fade::Multiply(0) => 100,
        Fade::Multiply(percent) => 100 - percent.min(100),
        Fade::Subtract(_) => return None,
    };
    let mark = match &stamp.mark {
        StampMark::Image(index, MarkSize { width: None, height: None }) => Mark::Image(*index),
        StampMark::Text(text) => Mark::Text(text.clone()),
        _ => return None,
    };
    let ((column, x), (row, y)) = (margin(stamp.x)?, margin(stamp.y)?);
    let gravity = match (column, row) {
        (0, 0) => Gravity::NorthWest,
        (1, 0) => Gravity::North,
        (2, 0) => Gravity::NorthEast,
        (0, 1) => Gravity::West,
        (1, 1) => Gravity::Centre,
        (2, 1) => Gravity::East,
        (0, _) => Gravity::SouthWest,
        (1, _) => Gravity::South,
        _ => Gravity::SouthEast,
    };
    let plain = stamp.blend == lightmill_recipe::Blend::Normal;
    plain.then_some(Overlay {
        mark,
        gravity,
        x,
        y,
        vertical_offset: 0,
        opacity,
        degrees: 0,
        tiling: None,
        shrink_to_fit: false,
    })
}

/// Cell of the axis and pixels from its end.
fn margin(position: Position) -> Option<(u8, u32)> {
    match position {
        Position::Start(pixels) => Some((0, u32::try_from(pixels).ok()?)),
        Position::End(pixels) => Some((2, u32::try_from(pixels.checked_neg()?).ok()?)),
        Position::Centre => Some((1, 0)),
        Position::Percent(_) | Position::Part(_) | Position::Repeat => None,
    }
}
