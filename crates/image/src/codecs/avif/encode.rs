use std::sync::Arc;

use lightmill_recipe::{Effort, LimitError, Pixels, Size};

use super::container::{File, Stream, Timing};
use super::encoder::{Encoder, Image, Planes, Settings};
use super::source::{Source, planes};
use super::transparency;
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::{Animation, Error, FrameSource, Layout, Subsampling};

/// libaom's speed for stills of [`Effort::Fast`] and [`Effort::Small`].
const STILL_SPEED: (u8, u8) = (6, 5);
/// The same for frames of sequences.
const FRAME_SPEED: (u8, u8) = (8, 6);
/// Pixels from which a still is coded at [`LARGE_SPEED`], so that a wish that nobody waits for any more ends soon.
const LARGE: Pixels = Pixels(4_000_000);
const LARGE_SPEED: u8 = 7;
/// Alpha is coded at this quality at least: its edges are seen at any quality.
const ALPHA_QUALITY: u8 = 70;

/// Stills, or image sequences that keep times and loop count. 8 bits, full range, matrix of BT.601; 4:2:0, or 4:4:4
/// for [`Effort::Small`]; grey as luma only; alpha as an auxiliary image, unless a still's is opaque all over. The
/// profile of the (first) picture is embedded, and metadata are items.
///
/// A frame cannot be interrupted: the cancellation is asked before each, and between colour and alpha. On a core of 2026
/// a still takes up to 0.7 µs a pixel, 4 µs for [`Effort::Small`], and 0.25 µs from [`LARGE`] on: 4 s for the largest
/// result that the default limits allow. Memory: 12 MB and 14 bytes a pixel, 24 with fine chroma.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    match frames.animation() {
        None => still(frames, options),
        Some(animation) => sequence(frames, animation, options),
    }
}

fn still(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = transparency::drop_if_opaque(first_frame(frames)?.picture);
    let (size, layout, icc) = (picture.size(), picture.layout(), picture.icc.clone());
    let speed = match options.effort {
        _ if size.pixels() >= LARGE => LARGE_SPEED,
        Effort::Fast => STILL_SPEED.0,
        Effort::Small => STILL_SPEED.1,
    };
    let mut coders = Coders::new(size, layout, speed, false, options)?;
    let Source { colour, alpha } = Source::new(picture, chroma(options), &options.cancel)?;
    coders.colour.add(&colour, options)?;
    drop(colour);
    if let (Some(coder), Some(image)) = (&mut coders.alpha, alpha) {
        coder.add(&image, options)?;
    }
    Ok(coders.into_file(size, icc, options).write(None))
}

fn sequence(frames: &mut dyn FrameSource, animation: Animation, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let size = frames.size();
    let speed = if options.effort == Effort::Small { FRAME_SPEED.1 } else { FRAME_SPEED.0 };
    let mut coders: Option<Coders> = None;
    let mut timing = Timing { delays: Vec::new(), loop_count: animation.loop_count };
    let (mut icc, mut bytes) = (None, 0);
    while let Some(frame) = frames.next_frame()? {
        let picture = frame.picture;
        if picture.size() != size {
            return Err(Error::internal("frames of different sizes"));
        }
        let coders = if let Some(coders) = &mut coders {
            coders
        } else {
            icc.clone_from(&picture.icc);
            coders.insert(Coders::new(size, picture.layout(), speed, true, options)?)
        };
        let Source { colour, alpha } = Source::new(picture, chroma(options), &options.cancel)?;
        bytes += coders.colour.add(&colour, options)?;
        match (&mut coders.alpha, alpha) {
            (Some(coder), Some(image)) => bytes += coder.add(&image, options)?,
            (None, None) => {}
            _ => return Err(Error::internal("frames with and without alpha")),
        }
        LimitError::check("result_bytes", bytes as u64, options.limits.result_bytes)?;
        timing.delays.push(frame.delay);
    }
    let coders = coders.ok_or_else(|| Error::internal("a source without frames"))?;
    Ok(coders.into_file(size, icc, options).write(Some(&timing)))
}

fn chroma(options: &EncodeOptions) -> Subsampling {
    match options.effort {
        Effort::Fast => Subsampling::S420,
        Effort::Small => Subsampling::S444,
    }
}

/// libaom's level for a quality of 1 to 100: 63 is the worst, 0 is lossless. Fitted so that photos at the qualities 30,
/// 50 and 65 have the SSIMULACRA2 that sharp 0.35.5 (libvips 8.18) gives them.
fn level(quality: u8, effort: Effort) -> u8 {
    let worse = 100 - u32::from(quality.clamp(1, 100));
    let level = match effort {
        Effort::Fast => worse * 72 / 100,
        Effort::Small => worse.min(8 + worse * 65 / 100),
    };
    level.min(63) as u8
}

/// Encoders of colour and of alpha.
struct Coders {
    colour: Coder,
    alpha: Option<Coder>,
}

struct Coder {
    encoder: Encoder,
    stream: Stream,
}

impl Coders {
    fn new(size: Size, layout: Layout, speed: u8, sequence: bool, options: &EncodeOptions) -> Result<Self, Error> {
        let planes = planes(layout, chroma(options));
        let colour = Settings { size, planes, level: level(options.quality, options.effort), speed, sequence };
        let alpha = layout.has_alpha().then(|| Settings {
            planes: Planes::Grey,
            level: level(options.quality.max(ALPHA_QUALITY), options.effort),
            ..colour
        });
        Ok(Self { colour: Coder::new(&colour)?, alpha: alpha.map(|alpha| Coder::new(&alpha)).transpose()? })
    }

    fn into_file(self, size: Size, icc: Option<Arc<[u8]>>, options: &EncodeOptions) -> File {
        let alpha = self.alpha.map(|alpha| alpha.stream);
        File { size, colour: self.colour.stream, alpha, icc, metadata: options.metadata.clone() }
    }
}

impl Coder {
    fn new(settings: &Settings) -> Result<Self, Error> {
        let stream = Stream { planes: settings.planes, frames: Vec::new() };
        Ok(Self { encoder: Encoder::new(settings)?, stream })
    }

    /// Codes a frame and gives its bytes.
    fn add(&mut self, image: &Image, options: &EncodeOptions) -> Result<usize, Error> {
        options.cancel.check()?;
        let data = self.encoder.encode(image)?;
        let length = data.len();
        self.stream.frames.push(data);
        Ok(length)
    }
}
