use lightmill_recipe::{Backdrop, Blur, Effort, Format, Light, Mark, Rect, Size};

use super::super::{Action, Decode, Encode, Measure, Pipeline, SourceData, Step, Work};
use super::Kind;
use crate::codecs::Scale;
use crate::{Layout, Probe};

/// Encodes that keeping a number of bytes takes, as a rule.
const TRIES: f64 = 4.0;

/// Rows that a JPEG decoder gives at once.
const STRIP_ROWS: u32 = 16;
/// Source rows for one row of the result that Lanczos3 takes, and its neighbour.
const KERNEL_ROWS: f64 = 7.0;

/// Some units of one kind of work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// What is done.
    pub kind: Kind,
    /// How much of it for one frame: pixels, samples, bytes or pieces, as the kind says.
    pub units: f64,
    /// Frames for which it is done.
    pub times: f64,
    /// Bytes of the pictures that exist meanwhile.
    pub held: u64,
}

/// What making all of `outputs` consists of. Stages of one output follow each other.
pub fn stages(outputs: &[Work], probes: &[Probe]) -> Vec<Stage> {
    let mut stages = Stages { probes, times: 1.0, under: 0, list: Vec::new() };
    for work in outputs {
        match work {
            Work::Passthrough { .. } | Work::Info { .. } | Work::Meta { small: None, .. } => {
                stages.push(Kind::Picture, 1.0, 0);
            }
            Work::AverageHue(pipeline)
            | Work::Placeholder { pipeline, .. }
            | Work::Meta { small: Some(pipeline), .. } => stages.pipeline(pipeline),
            Work::Encode { pipeline, encode } => {
                stages.times = match encode.source_data {
                    // Made only if the source's data turn out to be unfit: it is not what is paid, but what must fit.
                    SourceData::Whole | SourceData::Turned(_) => 0.0,
                    SourceData::Unused | SourceData::IfSmaller => f64::from(pipeline.decode.frames.max(1)),
                };
                stages.pipeline(pipeline);
                stages.encodes(pipeline, encode);
                stages.times = 1.0;
                stages.source_data(pipeline, encode.source_data);
            }
        }
    }
    stages.list
}

/// What measuring consists of: the pictures, and a look at each of their pixels.
pub(super) fn measuring(measures: &[Measure], probes: &[Probe]) -> Vec<Stage> {
    let mut stages = Stages { probes, times: 1.0, under: 0, list: Vec::new() };
    for measure in measures {
        stages.pipeline(&measure.pipeline);
        let size = measure.pipeline.size();
        stages.push(Kind::Adjust, size.pixels().0 as f64, measure.pipeline.layout().bytes(size));
    }
    stages.list
}

/// The picture that a step is given.
#[derive(Clone, Copy)]
struct Given {
    pixels: u64,
    bytes: u64,
    /// Bytes of it that exist at a time.
    held: u64,
}

/// Bytes of the decoded picture that exist at a time: all, or the rows of the strip that is decoded and those that two
/// rows of the result are made of.
fn held_by_decoder(pipeline: &Pipeline) -> u64 {
    let Decode { size, layout, by_rows, .. } = pipeline.decode;
    let all = layout.bytes(size);
    match pipeline.steps.first() {
        Some(Step { action: Action::Resample { part, .. }, size: to, .. }) if by_rows => {
            let height = part.map_or(f64::from(size.height), |part| part.height);
            let factor = (height / f64::from(to.height)).max(1.0);
            let rows = (STRIP_ROWS + (KERNEL_ROWS * factor).ceil() as u32).min(size.height);
            layout.bytes(Size::new(size.width, rows))
        }
        _ => all,
    }
}

/// The bytes and pixels of a JPEG that are read for `region` at `scale`: all bytes down to its lower edge.
fn read(probe: &Probe, scale: Scale, region: Rect) -> (f64, f64) {
    let eighths = if let Scale::Eighths(n) = scale { n } else { 8 };
    let factor = 8.0 / f64::from(eighths);
    let lower_edge = f64::from(region.y + region.size.height) * factor;
    let share = (lower_edge / f64::from(probe.size.height)).min(1.0);
    (probe.bytes as f64 * share, region.size.pixels().0 as f64 * factor * factor)
}

struct Stages<'a> {
    probes: &'a [Probe],
    /// Frames for which what follows is done.
    times: f64,
    /// Bytes of pictures that are held by the work of which this one is a part.
    under: u64,
    list: Vec<Stage>,
}

impl Stages<'_> {
    fn push(&mut self, kind: Kind, units: f64, held: u64) {
        self.list.push(Stage { kind, units, times: self.times, held: held + self.under });
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let decode = &pipeline.decode;
        let mut before = Given {
            pixels: decode.size.pixels().0,
            bytes: decode.layout.bytes(decode.size),
            held: held_by_decoder(pipeline),
        };
        let (times, frames) = (self.times, f64::from(decode.frames.max(1)));
        self.times *= (frames + f64::from(decode.skip)) / frames;
        self.decode(decode, self.probes.get(pipeline.input.0), before.held);
        self.times = times;
        for step in &pipeline.steps {
            let bytes = step.layout.bytes(step.size);
            self.step(step, before);
            self.mark(&step.action, before.held);
            before = Given { pixels: step.size.pixels().0, bytes, held: bytes };
        }
    }

    /// What is drawn in a step: made once, while the first frame waits.
    fn mark(&mut self, action: &Action, held: u64) {
        let (image, text) = match action {
            Action::Draw { image, overlay } => (image.as_deref(), !matches!(overlay.mark, Mark::Image(_))),
            Action::Stamp { image, .. } => (image.as_deref(), image.is_none()),
            Action::NinePatch { image, .. } | Action::Composite { image, .. } => (Some(&**image), false),
            _ => return,
        };
        let times = std::mem::replace(&mut self.times, 1.0);
        self.under += held;
        if text {
            self.push(Kind::Text, 1.0, 0);
        }
        if let Some(image) = image {
            self.pipeline(image);
        }
        self.under -= held;
        self.times = times;
    }

    fn decode(&mut self, decode: &Decode, probe: Option<&Probe>, held: u64) {
        let stored = probe.map_or(decode.size, |probe| probe.size).pixels().0 as f64;
        let bytes = probe.map_or(0.0, |probe| probe.bytes as f64);
        let progressive = probe.is_some_and(|probe| probe.progressive);
        self.push(Kind::Picture, 1.0, held);
        match decode.format {
            Format::Jpeg => {
                let (bytes, pixels) = match (probe, decode.region) {
                    (Some(probe), Some(region)) => read(probe, decode.scale, region),
                    _ => (bytes, stored),
                };
                self.jpeg(decode, progressive, (bytes, pixels), held);
            }
            Format::Png => {
                self.push(Kind::PngByte, bytes, 0);
                self.push(Kind::PngDecode, stored, held);
            }
            Format::WebP if decode.frames > 1 => self.push(Kind::WebPFrame, stored, held),
            Format::WebP => self.push(Kind::WebPDecode, stored, held),
            Format::Gif => self.push(Kind::GifDecode, stored, held),
            Format::Avif | Format::Heic => self.push(Kind::AvifDecode, stored, held),
            Format::JpegXl => self.push(Kind::JpegXlDecode, stored, held),
            Format::Svg => self.push(Kind::SvgRender, decode.size.pixels().0 as f64, held),
            _ => self.push(Kind::OtherDecode, stored, held),
        }
    }

    /// Of so many bytes that hold so many pixels.
    fn jpeg(&mut self, decode: &Decode, progressive: bool, (bytes, pixels): (f64, f64), held: u64) {
        // Planes and grey come from our own decoder, the rest from libjpeg.
        let planes = matches!(decode.layout, Layout::YCbCr(_) | Layout::Grey);
        let eighths = if let Scale::Eighths(n) = decode.scale { n } else { 8 };
        let (byte, pixel) = match (planes, progressive, eighths) {
            (true, false, 1) => (Some(Kind::ReducedByte), Kind::ReducedEighth),
            (true, false, 2) => (Some(Kind::ReducedByte), Kind::ReducedQuarter),
            (true, false, 4) => (Some(Kind::ReducedByte), Kind::ReducedHalf),
            (true, false, 6) => (Some(Kind::ReducedByte), Kind::ReducedThreeQuarters),
            (true, false, _) => (Some(Kind::ReducedByte), Kind::Planes),
            (true, true, 1) => (None, Kind::ReducedProgressiveEighth),
            (true, true, 2) => (Some(Kind::ReducedProgressiveByte), Kind::ReducedProgressiveQuarter),
            (true, true, 4) => (Some(Kind::ReducedProgressiveByte), Kind::ReducedProgressiveHalf),
            (true, true, 6) => (Some(Kind::ReducedProgressiveByte), Kind::ReducedProgressiveThreeQuarters),
            (true, true, _) => (Some(Kind::ReducedProgressiveByte), Kind::ProgressivePlanes),
            (false, false, _) => (Some(Kind::JpegByte), Kind::JpegRgb),
            (false, true, _) => (Some(Kind::ProgressiveByte), Kind::Progressive),
        };
        if let Some(byte) = byte {
            self.push(byte, bytes, 0);
        }
        self.push(pixel, pixels, held);
    }

    fn step(&mut self, step: &Step, Given { pixels, bytes, held }: Given) {
        let made = step.size.pixels().0;
        let held = held + step.layout.bytes(step.size);
        match &step.action {
            Action::Resample { light, part } => {
                let share = part.map_or(1.0, |part| part.width * part.height / pixels.max(1) as f64);
                let (from, to) = (bytes as f64 * share, step.layout.bytes(step.size) as f64);
                self.push(Kind::ResampleFrom, from, held);
                self.push(Kind::ResampleTo, to, held);
                if *light == Light::Linear {
                    self.push(Kind::LinearLight, from + to, held);
                }
            }
            Action::ToSrgb | Action::ToDisplayP3 | Action::Convert | Action::Flatten { .. } => {
                self.push(Kind::Convert, pixels.max(made) as f64, held);
            }
            Action::Orient { .. } | Action::Crop { .. } | Action::Pad { .. } => {
                self.push(Kind::Move, made as f64, held);
            }
            Action::MaskCircle { .. } | Action::MaskRounded { .. } | Action::Linear { .. } | Action::Greyscale => {
                self.push(Kind::Adjust, made as f64, held);
            }
            Action::Rotate { .. } => self.push(Kind::Rotate, made as f64, held),
            Action::Blur { blur: Blur::Gaussian { .. } } => self.push(Kind::BlurGaussian, bytes as f64, held),
            Action::Blur { blur: Blur::Window { radius, .. } } => {
                self.push(Kind::BlurWindow, bytes as f64 * f64::from(2 * radius.min(&4096) + 1), held);
            }
            Action::Sharpen { .. } if matches!(step.layout, Layout::YCbCr(_)) => {
                self.push(Kind::SharpenPlanes, made as f64, held);
            }
            Action::Sharpen { .. } => self.push(Kind::Sharpen, made as f64, held),
            Action::Draw { .. } => self.push(Kind::Draw, made as f64, held),
            _ => self.filter(step, bytes, held),
        }
    }

    /// Steps without a price of their own, by that of steps that do as much for a pixel.
    fn filter(&mut self, step: &Step, bytes: u64, held: u64) {
        let made = step.size.pixels().0 as f64;
        match &step.action {
            Action::Equalize => self.push(Kind::Adjust, made * 2.0, held),
            // To CIE Lab and back, as sharpening does.
            Action::Modulate { .. } | Action::Composite { .. } => self.push(Kind::Sharpen, made, held),
            Action::Normalise { .. } => self.push(Kind::Sharpen, made * 2.0, held),
            Action::ResampleBy { .. } => {
                self.push(Kind::ResampleFrom, bytes as f64, held);
                self.push(Kind::ResampleTo, step.layout.bytes(step.size) as f64, held);
            }
            // A column leaves the histogram of each sample and another comes.
            Action::Median { side } => {
                self.push(Kind::BlurWindow, bytes as f64 * 4.0 * f64::from((*side).max(1)), held);
            }
            // The same, and a look at each of 256 counts.
            Action::Clahe { clahe } => {
                self.push(Kind::BlurWindow, bytes as f64 * (4.0 * f64::from(clahe.height) + 64.0), held);
            }
            Action::DivideConvolution { convolution } => {
                self.push(Kind::BlurWindow, bytes as f64 * convolution.weights.len() as f64, held);
            }
            // Sixteen pixels for one.
            Action::Affine { .. } => self.push(Kind::Rotate, made * 4.0, held),
            Action::Extend { .. } => self.push(Kind::Move, made, held),
            // Five levels, two passes each, in three planes of floats and one more.
            Action::WaveletSharpen { .. } => self.push(Kind::SharpenPlanes, made * 15.0, held + 4 * 4 * made as u64),
            Action::Convolution { convolution } => {
                self.push(Kind::BlurWindow, bytes as f64 * convolution.weights.len() as f64, held);
            }
            Action::Fill { backdrop: Backdrop::Blurred, .. } => {
                let bytes = step.layout.bytes(step.size);
                self.push(Kind::ResampleTo, bytes as f64, held + bytes);
                self.push(Kind::BlurGaussian, bytes as f64, held + bytes);
                self.push(Kind::Convert, made, held + bytes);
            }
            // One region after the other; together they may be more than the picture.
            Action::Redact { regions, .. } => {
                let pixels: f64 = regions.iter().map(|region| region.size.pixels().0 as f64).sum();
                self.push(Kind::BlurGaussian, pixels * 4.0, held);
            }
            Action::NinePatch { .. } => {
                self.push(Kind::Convert, made * 2.0, held + step.layout.bytes(step.size));
            }
            Action::Fill { .. } | Action::Stamp { .. } => self.push(Kind::Convert, made, held),
            _ => self.push(Kind::Adjust, made, held),
        }
    }

    /// Encodes to each of the formats, with a usual number of tries.
    fn encodes(&mut self, pipeline: &Pipeline, encode: &Encode) {
        let times = self.times;
        if encode.max_bytes.is_some() {
            self.times *= TRIES;
        }
        let searches = encode.max_bytes.is_some() || encode.score.is_some() || !encode.rivals.is_empty();
        // The last picture is held beside the one that is being encoded.
        let last = if searches { pipeline.layout().bytes(pipeline.size()) } else { 0 };
        self.under += last;
        self.encode(pipeline, encode, encode.format);
        for rival in &encode.rivals {
            self.encode(pipeline, encode, rival.format);
        }
        self.under -= last;
        self.times = times;
        if encode.score.is_some() {
            self.push(Kind::Score, 1.0, last);
        }
    }

    fn source_data(&mut self, pipeline: &Pipeline, data: SourceData) {
        match data {
            SourceData::Unused | SourceData::IfSmaller => {}
            SourceData::Whole => self.push(Kind::Picture, 1.0, 0),
            SourceData::Turned(_) => {
                let bytes = self.probes.get(pipeline.input.0).map_or(0, |probe| probe.bytes);
                self.push(Kind::TurnByte, bytes as f64, 0);
                self.push(Kind::Turn, pipeline.decode.size.pixels().0 as f64, 0);
            }
        }
    }

    fn encode(&mut self, pipeline: &Pipeline, encode: &Encode, format: Format) {
        let size = pipeline.size();
        let held = pipeline.layout().bytes(size);
        let pixels = size.pixels().0 as f64;
        let animated = encode.frames > 1;
        let (kind, units) = match format {
            Format::Jpeg if encode.effort == Effort::Small => (Kind::JpegEncodeSmall, pixels),
            Format::Jpeg if encode.progressive => (Kind::JpegEncodeProgressive, pixels),
            Format::Jpeg => (Kind::JpegEncode, pixels),
            Format::WebP if animated => (Kind::WebPEncodeFrame, pixels),
            Format::WebP if encode.lossless => (Kind::WebPEncodeLossless, pixels),
            Format::WebP if pipeline.layout().has_alpha() => (Kind::WebPEncodeAlpha, pixels),
            Format::WebP => (Kind::WebPEncode, pixels),
            Format::Avif if animated => (Kind::AvifEncodeFrame, pixels),
            Format::Avif if encode.effort == Effort::Small => (Kind::AvifEncodeSmall, pixels),
            Format::Avif => (Kind::AvifEncode, pixels),
            Format::Png if encode.palette.is_some() => (Kind::PngEncodePalette, held as f64),
            Format::Png => (Kind::PngEncode, held as f64),
            Format::Gif => (Kind::GifEncode, pixels),
            _ => (Kind::OtherEncode, pixels),
        };
        self.push(kind, units, held);
        let start = match format {
            Format::Avif => Kind::AvifStart,
            Format::Gif => Kind::GifStart,
            Format::Png if encode.palette.is_some() => Kind::PaletteStart,
            _ => Kind::Picture,
        };
        self.push(start, 1.0, held);
        if let (true, Some(source)) = (animated, self.probes.get(pipeline.input.0)) {
            let share = pixels / source.size.pixels().0.max(1) as f64;
            // The source's bytes are those of all frames.
            let bytes = source.bytes as f64 / f64::from(source.frames.max(1));
            let kind = if source.format == Format::Gif { Kind::GifFrameByte } else { Kind::WebPFrameByte };
            self.push(kind, bytes * share, 0);
        }
    }
}
