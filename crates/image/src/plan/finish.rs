//! From the steps of the operations to those of the pipeline: what the decoder does of them, and in which layout each is
//! done.

use lightmill_recipe::{InputIndex, Size};

use super::build::Purpose;
use super::layouts::layouts;
use super::{Action, Decode, Pipeline, Step, colours, decode, order, planes};
use crate::{Layout, Probe, codecs};

/// Moves the first steps into the decoder where that helps, and settles the layout of every step.
pub(super) fn finish(
    index: InputIndex,
    probe: &Probe,
    (skip, frames): (u32, u32),
    purpose: Purpose<'_>,
    mut steps: Vec<Step>,
) -> Pipeline {
    order::turn_late(probe.size, &mut steps);
    // The frames of an animation are resampled where they change.
    if frames == 1 {
        order::fuse(probe.size, &mut steps);
    }
    let start = decode::start(probe, &mut steps);
    let to_srgb = colours::convert(probe, purpose.output, start.size, &mut steps);
    let wide = colours::wide(probe, purpose.output, frames, &steps);
    // A decoder that converts colours gives RGB.
    let planes_allowed = !(to_srgb && decode::converts_colours(probe));
    let to_the_end = takes_planes(purpose);
    let planes = decode::planes(probe).filter(|planes| planes_allowed && pays(start.size, *planes, &steps, to_the_end));
    let interleaved = decode::interleaved(probe);
    let layout = planes.unwrap_or(if wide { interleaved.widened() } else { interleaved });
    let mut settled = Vec::with_capacity(steps.len() + 2);
    let (mut size, mut current) = (start.size, layout);
    for (place, step) in steps.iter().enumerate() {
        let (needed, given) = layouts(&steps[place..], size, current, to_the_end);
        if needed != current {
            settled.push(Step { action: Action::Convert, size, layout: needed });
        }
        current = given;
        size = step.size;
        settled.push(Step { layout: current, ..step.clone() });
    }
    if let (Layout::YCbCr(_), false) = (current, to_the_end) {
        current = Layout::Rgb;
        settled.push(Step { action: Action::Convert, size, layout: current });
    }
    if let Some((output, format)) = purpose.output
        && current.has_alpha()
        && !format.has_alpha()
    {
        let layout = if current.is_wide() { Layout::Rgb16 } else { Layout::Rgb };
        let matte = colours::matte(output, &settled);
        settled.push(Step { action: Action::Flatten { matte }, size, layout });
    }
    let by_rows = frames == 1
        && decode::gives_rows(probe, to_srgb)
        && matches!(settled.first(), Some(first) if first.resamples());
    let decode = Decode {
        format: probe.format,
        scale: start.scale,
        region: start.region,
        by_rows,
        skip,
        frames,
        to_srgb,
        size: start.size,
        layout,
    };
    Pipeline { input: index, decode, steps: settled }
}

/// Whether the pipeline's end can work with Y'CbCr planes.
fn takes_planes(purpose: Purpose<'_>) -> bool {
    purpose.output.is_some_and(|(output, format)| codecs::takes_planes(format, output.lossless))
}

/// Whether it pays to decode to planes: every step and the encoder work on them, or every step up to a resampling to
/// fewer pixels does, so that what is up-sampled and converted afterwards is little.
fn pays(decoded: Size, layout: Layout, steps: &[Step], to_the_end: bool) -> bool {
    let mut state = (decoded, layout);
    for (place, step) in steps.iter().enumerate() {
        let (size, Layout::YCbCr(subsampling)) = state else { return false };
        let Some(subsampling) = planes::after(&steps[place..], size, subsampling, to_the_end) else { return false };
        if step.reduces(size) {
            return true;
        }
        state = (step.size, Layout::YCbCr(subsampling));
    }
    to_the_end
}
