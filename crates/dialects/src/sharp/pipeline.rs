use std::collections::BTreeMap;

use lightmill_recipe::Gravity;
use lightmill_recipe::Operation;
use lightmill_recipe::sharp::{Placement, SharpResize};

use super::steps;

/// Where a step stands in sharp's pipeline, which runs in this order whatever the order of the calls (`src/pipeline.cc`,
/// version 0.34). Of two calls for one place the later one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    PipelineColourspace,
    RotateBefore,
    Trim,
    ExtractBefore,
    Flatten,
    GammaIn,
    Greyscale,
    Resize,
    Flip,
    RotateAfter,
    ExtractAfter,
    Affine,
    Extend,
    Median,
    Threshold,
    Blur,
    /// The servers' own: beside `Blur`, so that no other blur takes its place, and below what is laid on top.
    Moderation,
    Unflatten,
    Convolve,
    Recomb,
    Modulate,
    Sharpen,
    Composite,
    GammaOut,
    Linear,
    Normalise,
    Clahe,
    Bandbool,
    Tint,
    RemoveAlpha,
    EnsureAlpha,
    Colourspace,
    ExtractChannel,
    Negate,
}

/// Calls of sharp's methods, which become steps in the order of its pipeline.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    /// What earlier pipelines do.
    done: Vec<Operation>,
    stages: BTreeMap<Stage, Operation>,
    rotation: f64,
    rotates_first: bool,
    resize: Option<SharpResize>,
    flip: bool,
    flop: bool,
}

impl Pipeline {
    /// What happens at `stage`; what was said before is forgotten.
    pub fn set(&mut self, stage: Stage, step: impl Into<Operation>) {
        self.stages.insert(stage, step.into());
    }

    /// Nothing happens at `stage`.
    pub fn clear(&mut self, stage: Stage) {
        self.stages.remove(&stage);
    }

    /// Degrees clockwise; before the resize if it is called before.
    pub fn rotate(&mut self, degrees: f64) {
        self.rotation = degrees.rem_euclid(360.0);
    }

    /// Another size.
    pub fn resize(&mut self, resize: SharpResize) {
        self.rotates_first |= self.rotation != 0.0;
        self.resize = Some(resize);
    }

    /// A window; of the source, or of the result if the resize is called before.
    pub fn extract(&mut self, window: impl Into<Operation>) {
        let after = self.resize.is_some() || self.stages.contains_key(&Stage::ExtractBefore);
        self.rotates_first |= self.rotation != 0.0 && self.resize.is_none();
        self.set(if after { Stage::ExtractAfter } else { Stage::ExtractBefore }, window);
    }

    /// A border is taken off, before everything but a rotation that is called before.
    pub fn trim(&mut self, trim: impl Into<Operation>) {
        self.rotates_first |= self.rotation != 0.0;
        self.set(Stage::Trim, trim);
    }

    /// Upside down, or not.
    pub fn flip(&mut self, on: bool) {
        self.flip = on;
    }

    /// Left becomes right, or not.
    pub fn flop(&mut self, on: bool) {
        self.flop = on;
    }

    /// All of what was called so far, then `step`, then a new pipeline.
    pub fn then(&mut self, step: impl Into<Operation>) {
        let mut done = std::mem::take(self).finish();
        done.push(step.into());
        self.done = done;
    }

    /// Every step, in order.
    pub fn finish(mut self) -> Vec<Operation> {
        if let Some(resize) = self.resize.and_then(|resize| steps::resize(self.mirrored(resize))) {
            self.set(Stage::Resize, resize);
        }
        if self.flip || self.flop {
            self.set(Stage::Flip, steps::flip(self.flop, self.flip));
        }
        if self.rotation != 0.0 {
            let stage = if self.rotates_first { Stage::RotateBefore } else { Stage::RotateAfter };
            self.set(stage, steps::rotate(self.rotation));
        }
        if self.loses_tint() {
            self.clear(Stage::Tint);
        }
        self.done.extend(self.stages.into_values());
        self.done
    }

    /// Whether a tint is asked for that cannot be seen: sharp brings a tinted picture back to the space that it had before,
    /// which is grey behind a greyscale.
    pub fn loses_tint(&self) -> bool {
        self.stages.contains_key(&Stage::Tint) && self.stages.contains_key(&Stage::Greyscale)
    }

    /// The resize, as it must be asked for where its picture is mirrored behind it: sharp mirrors between scaling and
    /// cutting.
    fn mirrored(&self, resize: SharpResize) -> SharpResize {
        let Placement::Gravity(gravity) = resize.placement else { return resize };
        let across = |cell: u32, mirrored: bool| if mirrored { 2 - cell } else { cell };
        let cell = (across(gravity.column(), self.flop), across(gravity.row(), self.flip));
        SharpResize { placement: Placement::Gravity(gravity_of(cell)), ..resize }
    }
}

/// The gravity of this column and row of the 3×3 grid.
pub(crate) const fn gravity_of(cell: (u32, u32)) -> Gravity {
    match cell {
        (0, 0) => Gravity::NorthWest,
        (1, 0) => Gravity::North,
        (_, 0) => Gravity::NorthEast,
        (0, 1) => Gravity::West,
        (1, 1) => Gravity::Centre,
        (_, 1) => Gravity::East,
        (0, _) => Gravity::SouthWest,
        (1, _) => Gravity::South,
        _ => Gravity::SouthEast,
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::sharp::{Kernel, SharpFit, SharpTarget};

    use super::*;

    fn cover(gravity: Gravity) -> SharpResize {
        SharpResize {
            target: SharpTarget::Box { width: Some(9), height: Some(9) },
            fit: SharpFit::Cover,
            placement: Placement::Gravity(gravity),
            kernel: Kernel::default(),
            without_enlargement: false,
            without_reduction: false,
        }
    }

    fn names(calls: impl FnOnce(&mut Pipeline)) -> Vec<&'static str> {
        let mut pipeline = Pipeline::default();
        calls(&mut pipeline);
        pipeline.finish().iter().map(Operation::name).collect()
    }

    #[test]
    fn the_order_of_calls_does_not_matter() {
        let calls = |pipeline: &mut Pipeline| {
            pipeline.set(Stage::Negate, steps::negate(true));
            pipeline.set(Stage::Blur, steps::gaussian(3.0));
            pipeline.flop(true);
            pipeline.resize(cover(Gravity::Centre));
            pipeline.set(Stage::Greyscale, steps::greyscale());
            pipeline.set(Stage::Blur, steps::gaussian(2.0));
        };
        assert_eq!(names(calls), ["greyscale", "resize", "flip", "blur", "negate"]);
    }

    #[test]
    fn rotations_and_windows_stand_where_they_are_called_around_a_resize() {
        let window = || steps::crop(1, 2, 3, 4);
        let resize = || cover(Gravity::Centre);
        let before = |pipeline: &mut Pipeline| {
            pipeline.rotate(-270.0);
            pipeline.extract(window());
            pipeline.resize(resize());
        };
        assert_eq!(names(before), ["rotate", "extract", "resize"]);
        let after = |pipeline: &mut Pipeline| {
            pipeline.resize(resize());
            pipeline.rotate(90.0);
            pipeline.extract(window());
        };
        assert_eq!(names(after), ["resize", "rotate", "extract"]);
        let both = |pipeline: &mut Pipeline| {
            pipeline.extract(window());
            pipeline.extract(window());
            pipeline.rotate(360.0);
        };
        assert_eq!(names(both), ["extract", "extract"]);
    }

    #[test]
    fn grey_pictures_stay_grey() {
        let calls = |pipeline: &mut Pipeline| {
            pipeline.set(Stage::Tint, Operation::Tint(lightmill_recipe::Colour::BLACK));
            pipeline.set(Stage::Greyscale, steps::greyscale());
        };
        assert_eq!(names(calls), ["greyscale"]);
    }

    #[test]
    fn a_new_pipeline_begins_behind_a_break() {
        let calls = |pipeline: &mut Pipeline| {
            pipeline.set(Stage::Blur, steps::gaussian(3.0));
            pipeline.then(steps::greyscale());
            pipeline.resize(cover(Gravity::Centre));
        };
        assert_eq!(names(calls), ["blur", "greyscale", "resize"]);
    }

    #[test]
    fn what_is_cut_is_named_as_seen_behind_a_mirror() {
        let mut pipeline = Pipeline::default();
        pipeline.resize(cover(Gravity::NorthWest));
        pipeline.flip(true);
        let steps = pipeline.finish();
        assert!(matches!(
            steps.first(),
            Some(Operation::SharpResize(resize)) if resize.placement == Placement::Gravity(Gravity::SouthWest)
        ));
    }
}
