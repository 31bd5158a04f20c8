//! What a plan is estimated to cost: for admission, not for bills.

use std::time::Duration;

use lightmill_recipe::{Effort, Format};
use serde::Serialize;

use super::{Action, Encode, Pipeline, SourceData, Work};
use crate::codecs::Scale;
use crate::{Layout, Probe};

/// Time of all tries that find the quality for a score: each is of a bounded number of pixels.
const SAMPLES_TIME: Duration = Duration::from_millis(200);

/// Estimated peak memory and processor time of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cost {
    /// Bytes: sources, the largest two neighbouring pictures, the codec's own state and the result.
    pub bytes: u64,
    /// Processor time of one core.
    pub time: Duration,
}

impl Cost {
    fn of(bytes: u64, nanoseconds: f64) -> Self {
        Self { bytes, time: Duration::from_nanos(nanoseconds as u64) }
    }

    /// One after the other: memory is the larger, time the sum.
    fn then(self, next: Self) -> Self {
        Self { bytes: self.bytes.max(next.bytes), time: self.time + next.time }
    }

    fn times(self, frames: u32) -> Self {
        Self { bytes: self.bytes, time: self.time * frames }
    }
}

/// Cost of making all of `outputs` from sources with these headers.
pub(super) fn estimate(outputs: &[Work], probes: &[Probe]) -> Cost {
    let sources: u64 = probes.iter().map(|probe| probe.bytes).sum();
    let making = outputs.iter().fold(Cost::default(), |cost, work| cost.then(work_cost(work, probes)));
    Cost { bytes: making.bytes + sources, time: making.time }
}

fn work_cost(work: &Work, probes: &[Probe]) -> Cost {
    match work {
        Work::Passthrough { .. } | Work::Info { .. } => Cost::of(0, 50_000.0),
        Work::AverageHue(pipeline) => pipeline_cost(pipeline, probes),
        Work::Encode { pipeline, encode } => {
            let frames = pipeline.decode.frames.max(1);
            pipeline_cost(pipeline, probes)
                .then(encodes_cost(pipeline, encode))
                .then(turn_cost(pipeline, encode))
                .times(frames)
        }
    }
}

/// Cost of one frame.
fn pipeline_cost(pipeline: &Pipeline, probes: &[Probe]) -> Cost {
    let decode = &pipeline.decode;
    let progressive = probes.get(pipeline.input.0).is_some_and(|probe| probe.progressive);
    let stored = probes.get(pipeline.input.0).map_or(0, |probe| probe.size.pixels().0) as f64;
    let decoded = decode.layout.bytes(decode.size);
    // A coefficient buffer of progressive JPEG; other formats hold what `held_while_decoding` says. For reduced planes it is two bytes for each sample, and a bit for each
    // stored coefficient.
    let held = match (progressive && decode.format == Format::Jpeg, decode.scale, decode.layout) {
        (false, ..) => stored as u64 * held_while_decoding(decode.format),
        (true, Scale::Eighths(_), Layout::YCbCr(_) | Layout::Grey) => 2 * decoded + stored as u64 * 3 / 8,
        (true, ..) => stored as u64 * 3,
    };
    let nanoseconds = decode_nanoseconds(decode.format, decode.scale, decode.layout, progressive);
    let mut cost = Cost::of(decoded + held, stored * nanoseconds);
    let (mut before, mut pixels) = (decoded, decode.size.pixels().0 as f64);
    for step in &pipeline.steps {
        let after = step.layout.bytes(step.size);
        let made = step.size.pixels().0 as f64;
        let nanoseconds = match &step.action {
            Action::Resample { .. } => pixels * 1.5 * channels(step.layout) + made * 8.0,
            Action::Blur { .. } => made * 6.0 * channels(step.layout),
            Action::Sharpen { .. } if matches!(step.layout, Layout::YCbCr(_)) => made * 12.0,
            Action::Sharpen { .. } => made * 60.0,
            Action::Rotate { .. } => made * 25.0,
            Action::Draw { .. } => made * 4.0,
            _ => made.max(pixels) * 2.0,
        };
        cost = cost.then(Cost::of(before + after, nanoseconds));
        if let Action::Draw { image, .. } = &step.action {
            let mark = image.as_deref().map_or(Cost::of(1 << 20, 2e6), |image| pipeline_cost(image, probes));
            cost = cost.then(Cost { bytes: mark.bytes + before + after, time: mark.time });
        }
        (before, pixels) = (after, made);
    }
    cost
}

/// Encodes to each of the formats, with a usual number of tries.
fn encodes_cost(pipeline: &Pipeline, encode: &Encode) -> Cost {
    let formats = encode.rivals.iter().map(|rival| rival.format);
    let once = formats.fold(encode_cost(pipeline, encode, encode.format), |cost, format| {
        cost.then(encode_cost(pipeline, encode, format))
    });
    let searches = encode.max_bytes.is_some() || encode.score.is_some();
    if !searches && encode.rivals.is_empty() {
        return once;
    }
    let tries = if encode.max_bytes.is_some() { 4 } else { 1 };
    let samples = if encode.score.is_some() { SAMPLES_TIME } else { Duration::ZERO };
    // The last picture is held beside the one that is being encoded.
    Cost { bytes: once.bytes + pipeline.layout().bytes(pipeline.size()), time: once.time * tries + samples }
}

/// Coefficients of 16 bits, those of the source and those of the result.
fn turn_cost(pipeline: &Pipeline, encode: &Encode) -> Cost {
    let SourceData::Turned(turn) = encode.source_data else { return Cost::default() };
    let pixels = pipeline.decode.size.pixels().0 + turn.window.size.pixels().0;
    Cost::of(pixels * 6, pixels as f64 * 12.0)
}

fn encode_cost(pipeline: &Pipeline, encode: &Encode, format: Format) -> Cost {
    let size = pipeline.size();
    let pixels = size.pixels().0 as f64;
    let small = encode.effort == Effort::Small;
    let fixed = if format == Format::Avif { 12 << 20 } else { 64 << 10 };
    let (bytes_per_pixel, nanoseconds) = match format {
        Format::Avif if small => (30.0, 3500.0),
        Format::Avif => (20.0, 650.0),
        Format::Jpeg if small => (8.0, 100.0),
        Format::Jpeg if encode.progressive => (8.0, 25.0),
        Format::Jpeg => (2.0, 12.0),
        Format::WebP => (12.0, 130.0),
        Format::Png if encode.palette.is_some() => (8.0, 200.0),
        Format::Png => (6.0, 70.0),
        Format::Gif => (6.0, 150.0),
        _ => (6.0, 10.0),
    };
    let held = pipeline.layout().bytes(size);
    Cost::of(held + (pixels * bytes_per_pixel) as u64 + fixed, pixels * nanoseconds + 150_000.0)
}

/// Bytes that a decoder holds for each stored pixel beside the picture that it gives.
fn held_while_decoding(format: Format) -> u64 {
    match format {
        // Frames that others may refer to, and filters' state.
        Format::Avif => 6,
        Format::Heic => 8,
        // Four channels of 32 bits, before and after colour conversion.
        Format::JpegXl => 32,
        _ => 0,
    }
}

/// Nanoseconds for each stored pixel.
fn decode_nanoseconds(format: Format, scale: Scale, layout: Layout, progressive: bool) -> f64 {
    match (format, scale) {
        (Format::Jpeg, Scale::Eighths(n)) if matches!(layout, Layout::YCbCr(_) | Layout::Grey) => {
            match (n, progressive) {
                (1, false) => 1.4,
                (2, false) => 1.8,
                (_, false) => 2.3,
                (1, true) => 0.4,
                (2, true) => 5.6,
                (_, true) => 7.6,
            }
        }
        (Format::Jpeg, _) if progressive => 13.0,
        (Format::Jpeg, Scale::Eighths(1)) => 3.0,
        (Format::Jpeg, Scale::Eighths(2)) => 3.6,
        (Format::Jpeg, Scale::Eighths(_)) => 4.2,
        (Format::Jpeg, _) => 6.0,
        (Format::WebP, _) => 12.0,
        (Format::Png, _) => 10.0,
        (Format::Svg, _) => 60.0,
        (Format::Avif | Format::Heic, _) => 30.0,
        (Format::JpegXl, _) => 120.0,
        _ => 8.0,
    }
}

fn channels(layout: Layout) -> f64 {
    match layout {
        Layout::YCbCr(_) => 3.0,
        other => other.channels() as f64,
    }
}
