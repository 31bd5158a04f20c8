//! What a plan is estimated to cost: for admission, not for bills.
//!
//! * `stages` breaks a plan down into [`Stage`]s: units of one kind of work each, with the pictures held meanwhile.
//! * `table` has the price of a unit of every kind, in time and memory, as `./dev bench cost` measured it.
//! * [`estimate`] multiplies and adds.

mod stages;
mod table;

use std::time::Duration;

use serde::Serialize;

use super::{Measure, Work};
use crate::Probe;

use stages::measuring;
pub use stages::{Stage, stages};
pub use table::Kind;

/// Estimated peak memory and processor time of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cost {
    /// Bytes: sources, the pictures before and after the stage that needs most, and what that stage holds besides.
    pub bytes: u64,
    /// Processor time of one core.
    pub time: Duration,
}

/// Cost of measuring and of making all of `outputs` from sources with these headers.
pub(super) fn estimate(outputs: &[Work], measures: &[Measure], probes: &[Probe]) -> Cost {
    let sources: u64 = probes.iter().map(|probe| probe.bytes).sum();
    let mut stages = stages(outputs, probes);
    stages.extend(measuring(measures, probes));
    // One stage follows another: time adds up, memory is that of the largest.
    let nanoseconds: f64 = stages.iter().map(|stage| stage.kind.price().nanoseconds * stage.units * stage.times).sum();
    let bytes = stages.iter().map(|stage| stage.held + (stage.kind.price().bytes * stage.units) as u64).max();
    Cost { bytes: bytes.unwrap_or_default() + sources, time: Duration::from_nanos(nanoseconds as u64) }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Frames, Locator, Output, PictureOutput, Quality, QualityRule, Recipe};

    use super::super::tests::photo;
    use super::super::{Settings, plan};
    use super::*;
    use crate::Probe;

    fn planned(probe: Probe, rule: QualityRule) -> (Vec<Stage>, Cost) {
        let mut recipe = Recipe::new(Locator::key("a"));
        let quality = Quality { rule, ..Quality::default() };
        recipe.outputs = vec![Output::Picture(PictureOutput { quality, ..PictureOutput::default() })];
        let plan = plan(&recipe, std::slice::from_ref(&probe), &Settings::default()).unwrap();
        (stages(&plan.outputs, &[probe]), plan.cost)
    }

    #[test]
    fn a_photo_is_read_decoded_and_written() {
        let (stages, small) = planned(photo(400, 300), QualityRule::Absolute(70));
        let kinds: Vec<Kind> = stages.iter().map(|stage| stage.kind).collect();
        assert_eq!(kinds, [Kind::Picture, Kind::ReducedByte, Kind::Planes, Kind::JpegEncode, Kind::Picture]);
        let (_, large) = planned(photo(4000, 3000), QualityRule::Absolute(70));
        assert!(large.bytes > small.bytes && large.time > small.time * 10);
    }

    #[test]
    fn what_is_only_made_in_need_must_fit_and_is_not_paid() {
        let (_, made) = planned(photo(4000, 3000), QualityRule::Absolute(70));
        let (_, passed) = planned(photo(4000, 3000), QualityRule::Default);
        assert_eq!(passed.bytes, made.bytes);
        assert!(passed.time < made.time / 100);
    }

    #[test]
    fn frames_take_time_and_no_memory() {
        let gif = |frames| Probe { format: lightmill_recipe::Format::Gif, frames, has_alpha: true, ..photo(300, 200) };
        let cost = |frames| {
            let mut recipe = Recipe::new(Locator::key("a"));
            recipe.inputs[0].frames = Frames::FirstOfGif(frames);
            plan(&recipe, &[gif(50)], &Settings::default()).unwrap().cost
        };
        assert_eq!(cost(40).bytes, cost(20).bytes);
        assert_eq!(cost(40).time, cost(20).time * 2);
    }
}
