use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use super::assemble::{Assembled, Meaning, assemble};
use super::decoder::Decoder;
use super::probe::{CODEC, sequence};
use crate::codecs::boundary::{check_animation, decoding};
use crate::codecs::isobmff::{Canvas, Nclx, Sample, Sequence, Still as Item};
use crate::codecs::{DecodeOptions, Scale};
use crate::{Animation, Error, Frame, FrameSource, Picture, Still, ops};

/// The primary item, or the image sequence if the file's main brand is `avis`.
///
/// Planes are given where the samples are Y'CbCr of BT.601 without alpha; else grey, RGB or RGBA. Samples of 10 and 12
/// bits are rounded to 8. PQ and HLG become sRGB whatever [`DecodeOptions::to_srgb`] says.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    if options.scale != Scale::Full {
        return Err(Error::internal("an AVIF decoder cannot scale"));
    }
    if let Some(sequence) = sequence(bytes)? {
        return Ok(Box::new(Frames::open(bytes, &sequence, options)?));
    }
    let still = Item::read(Format::Avif, bytes)?;
    options.limits.check_source(still.colour.size)?;
    still.check_codec(CODEC)?;
    let colour = canvas(&still, &still.colour, still.nclx, options)?;
    let alpha = still.alpha.as_ref().map(|alpha| canvas(&still, alpha, None, options)).transpose()?;
    let meaning = Meaning { icc: still.icc.map(Into::into), premultiplied: still.premultiplied };
    let whole = still.window == Rect::whole(still.colour.size);
    let options = DecodeOptions { planes: options.planes && whole, ..options.clone() };
    let picture = colour.picture(alpha, &meaning, &options)?;
    let picture = if whole { picture } else { ops::crop(picture, still.window)? };
    Ok(Box::new(Still::new(picture)))
}

fn canvas(still: &Item<'_>, canvas: &Canvas, nclx: Option<Nclx>, options: &DecodeOptions) -> Result<Assembled, Error> {
    let mut decoder = Decoder::open(canvas.tile)?;
    let tiles = canvas.tiles.iter().enumerate().map(|(index, item)| Ok((canvas.place(index), still.tile(*item)?)));
    assemble(canvas.size, canvas.tile, tiles, &mut decoder, nclx, options)
}

/// An image sequence, decoded as it is pulled.
struct Frames {
    bytes: Bytes,
    size: Size,
    animation: Option<Animation>,
    colour: Strip,
    alpha: Option<Strip>,
    meaning: Meaning,
    options: DecodeOptions,
    given: usize,
}

/// A track and its decoder, which remembers earlier frames.
struct Strip {
    samples: Vec<Sample>,
    decoder: Decoder,
    nclx: Option<Nclx>,
}

impl Frames {
    fn open(bytes: &Bytes, sequence: &Sequence<'_>, options: &DecodeOptions) -> Result<Self, Error> {
        let size = sequence.colour.size;
        if size.width == 0 || size.height == 0 {
            return Err(Error::corrupt(Format::Avif, "a sequence without a size"));
        }
        options.limits.check_source(size)?;
        let count = sequence.colour.count().min(options.frames);
        check_animation(&options.limits, size, count)?;
        let strip = |samples, nclx| Ok::<_, Error>(Strip { samples, decoder: Decoder::open(size)?, nclx });
        let colour = strip(sequence.colour.samples(bytes, count), sequence.colour.nclx)?;
        if colour.samples.is_empty() {
            return Err(Error::corrupt(Format::Avif, "a sequence without frames"));
        }
        let alpha = sequence.alpha.as_ref().map(|alpha| strip(alpha.samples(bytes, count), None)).transpose()?;
        let animation = (colour.samples.len() > 1).then_some(Animation { loop_count: sequence.loop_count });
        let icc = sequence.colour.icc.map(Into::into);
        let meaning = Meaning { icc, premultiplied: sequence.premultiplied };
        Ok(Self { bytes: bytes.clone(), size, animation, colour, alpha, meaning, options: options.clone(), given: 0 })
    }

    fn picture(&mut self) -> Result<Picture, Error> {
        let Self { bytes, size, options, given, .. } = self;
        let canvas = |strip: &mut Strip| {
            let sample = strip.samples.get(*given).ok_or_else(|| Error::corrupt(Format::Avif, "a frame is missing"))?;
            let data = std::iter::once(Ok(((0, 0), Cow::Borrowed(&bytes[sample.range.clone()]))));
            assemble(*size, *size, data, &mut strip.decoder, strip.nclx, options)
        };
        let colour = canvas(&mut self.colour)?;
        let alpha = self.alpha.as_mut().map(canvas).transpose()?;
        colour.picture(alpha, &self.meaning, &self.options)
    }
}

impl FrameSource for Frames {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        self.animation
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.options.cancel.check()?;
        let Some(sample) = self.colour.samples.get(self.given) else { return Ok(None) };
        let delay = if self.animation.is_some() { sample.duration } else { Duration::ZERO };
        let picture = match decoding(Format::Avif, || self.picture()) {
            // A damaged frame ends the animation; what came before it is good.
            Err(Error::Corrupt { .. }) if self.given > 0 => return Ok(None),
            other => other?,
        };
        self.given += 1;
        Ok(Some(Frame::new(picture, delay)))
    }
}
