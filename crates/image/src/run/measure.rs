//! What a plan needs to know before it can be made to the end.

use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::InputIndex;

use super::{Context, Running};
use crate::plan::{Measure, MeasureWhat, Measured, Plan, settle};
use crate::{Error, FrameSource, ops};

/// Measures that a plan can need; each operation needs one at most.
const MOST: usize = 1000;

/// The plan that follows the measures of `plan`, and the time spent on decoding and on looking; `None` if it has none.
pub(super) fn settled(
    plan: &Plan,
    inputs: &[Bytes],
    context: &Context,
) -> Result<Option<(Plan, [Duration; 2])>, Error> {
    let mut spent = [Duration::ZERO; 2];
    let (mut known, mut settled) = (Vec::new(), None);
    while let Some(again) = &settled.as_ref().unwrap_or(plan).again {
        if known.len() > MOST {
            return Err(Error::internal("measures that never end"));
        }
        for measure in &settled.as_ref().unwrap_or(plan).measures {
            let started = std::time::Instant::now();
            let mut running = Running::start(&measure.pipeline, inputs, context)?;
            known.push(look(measure, &mut running, context)?);
            let (decode, _) = running.spent();
            spent[0] += decode;
            spent[1] += started.elapsed().saturating_sub(decode);
        }
        settled = Some(settle(again, &known)?);
    }
    Ok(settled.map(|plan| (plan, spent)))
}

fn look(
    measure: &Measure,
    running: &mut Running<'_>,
    context: &Context,
) -> Result<(InputIndex, MeasureWhat, Measured), Error> {
    let frame = running.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
    let measured = match measure.what {
        MeasureWhat::Border(trim) => Measured::Border(ops::border(frame.picture, trim, &context.cancel)?),
        MeasureWhat::Insets => Measured::Insets(ops::insets(frame.picture)?),
        MeasureWhat::SharpBorder(trim) => Measured::Border(ops::sharp_border(frame.picture, trim, &context.cancel)?),
        MeasureWhat::Interesting { kept, placement } => {
            Measured::Window(ops::interesting(frame.picture, kept, placement, &context.cancel)?)
        }
    };
    Ok((measure.pipeline.input, measure.what, measured))
}
