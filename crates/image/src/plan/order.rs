//! Geometry put into an order that costs less and gives the same.

use lightmill_recipe::{Rect, Size};

use super::{Action, Step};
use crate::codecs::Turn;
use crate::ops::Part;

/// Puts mirrorings and quarter turns of a picture of size `before` behind the crops and reductions that follow them, so
/// that less is turned.
pub(super) fn turn_late(mut before: Size, steps: &mut [Step]) {
    for place in 1..steps.len() {
        let [first, second] = &mut steps[place - 1..=place] else { return };
        if let Action::Orient { orientation } = first.action {
            let turn = Turn::none(before).then_turn(orientation);
            let turned = Action::Orient { orientation };
            let moved = match second.action {
                Action::Crop { window } => {
                    let window = turn.then_crop(window).window;
                    Some((Action::Crop { window }, window.size))
                }
                Action::Resample { light, part: None } if second.size.pixels() < first.size.pixels() => {
                    let size = if orientation.transposes() { second.size.transposed() } else { second.size };
                    Some((Action::Resample { light, part: None }, size))
                }
                _ => None,
            };
            if let Some((action, size)) = moved {
                (first.action, first.size, second.action) = (action, size, turned);
            }
        }
        before = first.size;
    }
}

/// Makes one step of a resampling at the beginning and the crops before and after it: only what is wanted is resampled.
pub(super) fn fuse(before: Size, steps: &mut Vec<Step>) {
    let window = |place: usize| match steps.get(place) {
        Some(Step { action: Action::Crop { window }, .. }) => Some(*window),
        _ => None,
    };
    let first = window(0);
    let at = usize::from(first.is_some());
    let Some(Step { action: Action::Resample { light, part: None }, size, .. }) = steps.get(at) else { return };
    let (light, scaled) = (*light, *size);
    let last = window(at + 1);
    if first.is_none() && last.is_none() {
        return;
    }
    let kept = last.unwrap_or(Rect::whole(scaled));
    let part = Part::of(first.unwrap_or(Rect::whole(before))).window(scaled, kept);
    let fused =
        Step { action: Action::Resample { light, part: Some(part) }, size: kept.size, layout: steps[at].layout };
    let end = at + 1 + usize::from(last.is_some());
    steps.splice(..end, [fused]);
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Light;

    use super::*;
    use crate::{ExifOrientation, Layout};

    fn step(action: Action, width: u32, height: u32) -> Step {
        Step { action, size: Size::new(width, height), layout: Layout::Rgb }
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    const RESAMPLE: Action = Action::Resample { light: Light::Gamma, part: None };

    #[test]
    fn turning_waits_for_the_smaller_picture() {
        // The stored 4000×3000 turned clockwise.
        let turn = || Action::Orient { orientation: ExifOrientation::new(6) };
        let mut steps = vec![
            step(turn(), 3000, 4000),
            step(Action::Crop { window: rect(0, 1000, 3000, 3000) }, 3000, 3000),
            step(RESAMPLE, 100, 100),
            step(Action::Crop { window: rect(0, 0, 100, 40) }, 100, 40),
            step(Action::Greyscale, 100, 40),
        ];
        turn_late(Size::new(4000, 3000), &mut steps);
        assert_eq!(
            steps,
            [
                step(Action::Crop { window: rect(1000, 0, 3000, 3000) }, 3000, 3000),
                step(RESAMPLE, 100, 100),
                // The upper edge was the left one.
                step(Action::Crop { window: rect(0, 0, 40, 100) }, 40, 100),
                step(turn(), 100, 40),
                step(Action::Greyscale, 100, 40),
            ]
        );
    }

    #[test]
    fn an_enlargement_comes_after_the_turn() {
        let mut steps =
            vec![step(Action::Orient { orientation: ExifOrientation::new(6) }, 30, 40), step(RESAMPLE, 300, 400)];
        let given = steps.clone();
        turn_late(Size::new(40, 30), &mut steps);
        assert_eq!(steps, given);
    }

    #[test]
    fn crops_become_a_part_of_what_is_resampled() {
        let mut steps = vec![
            step(Action::Crop { window: rect(100, 50, 400, 200) }, 400, 200),
            step(RESAMPLE, 40, 20),
            step(Action::Crop { window: rect(10, 0, 20, 20) }, 20, 20),
            step(Action::Greyscale, 20, 20),
        ];
        fuse(Size::new(1000, 1000), &mut steps);
        let part = Part { x: 200.0, y: 50.0, width: 200.0, height: 200.0, within: rect(100, 50, 400, 200) };
        let fused = Action::Resample { light: Light::Gamma, part: Some(part) };
        assert_eq!(steps, [step(fused, 20, 20), step(Action::Greyscale, 20, 20)]);
        let mut alone = vec![step(RESAMPLE, 40, 20)];
        fuse(Size::new(400, 200), &mut alone);
        assert_eq!(alone, [step(RESAMPLE, 40, 20)]);
    }
}
