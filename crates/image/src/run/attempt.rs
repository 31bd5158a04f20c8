use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::Format;

use super::pipeline::Running;
use super::{Context, fit_bytes, reach_score};
use crate::codecs::{self, EncodeOptions};
use crate::plan::{Encode, Pipeline};
use crate::{Error, FrameSource, Layout, Picture, Still, ops};

/// A file that could be the result.
pub(super) struct Attempt {
    pub format: Format,
    pub file: Vec<u8>,
    /// The number that it was encoded with, in formats that have one.
    pub quality: Option<u8>,
}

/// Encodes of the same pictures, one after the other: in several formats, with several qualities.
pub(super) struct Attempts<'a> {
    pipeline: &'a Pipeline,
    encode: &'a Encode,
    inputs: &'a [Bytes],
    context: &'a Context,
    options: EncodeOptions,
    max_bytes: Option<u64>,
    frames: Frames<'a>,
    given: u32,
    spent: (Duration, Duration),
}

/// Where the pictures of an attempt come from.
enum Frames<'a> {
    /// There is one attempt only: straight from the pipeline.
    Once(Box<Running<'a>>),
    /// A still, made once.
    Still(Picture),
    /// An animation, made anew for each attempt: it is never held whole.
    Anew,
}

impl<'a> Attempts<'a> {
    /// `max_bytes`: for which quality is lowered.
    pub fn new(
        pipeline: &'a Pipeline,
        encode: &'a Encode,
        inputs: &'a [Bytes],
        context: &'a Context,
        options: EncodeOptions,
        max_bytes: Option<u64>,
    ) -> Result<Self, Error> {
        let one = encode.rivals.is_empty() && encode.score.is_none() && max_bytes.is_none();
        let mut this = Self {
            pipeline,
            encode,
            inputs,
            context,
            options,
            max_bytes,
            frames: Frames::Anew,
            given: 0,
            spent: (Duration::ZERO, Duration::ZERO),
        };
        if one {
            this.frames = Frames::Once(Box::new(Running::start(pipeline, inputs, context)?));
        } else if pipeline.decode.frames == 1 {
            this.frames = Frames::Still(this.first_picture()?);
            this.given = 1;
        }
        Ok(this)
    }

    /// The smallest file over all formats; of equal ones, that of the first. `None` if every one has more than `most`
    /// bytes.
    pub fn best(&mut self, most: Option<u64>) -> Result<Option<Attempt>, Error> {
        let rivals = self.encode.rivals.iter().map(|rival| (rival.format, rival.quality));
        let candidates: Vec<(Format, u8)> =
            std::iter::once((self.encode.format, self.encode.quality)).chain(rivals).collect();
        let mut best: Option<Attempt> = None;
        for (format, quality) in candidates {
            let smallest = best.as_ref().map(|best| (best.file.len() as u64).saturating_sub(1));
            let most = smallest.into_iter().chain(most).min();
            if let Some(attempt) = self.in_format(format, quality, most)? {
                best = Some(attempt);
            }
        }
        Ok(best)
    }

    /// Time spent on decoding and on operations.
    pub fn spent(&self) -> (Duration, Duration) {
        match &self.frames {
            Frames::Once(running) => running.spent(),
            Frames::Still(_) | Frames::Anew => self.spent,
        }
    }

    /// Frames of the result.
    pub fn frames(&self) -> u32 {
        match &self.frames {
            Frames::Once(running) => running.given(),
            Frames::Still(_) | Frames::Anew => self.given,
        }
    }

    fn in_format(&mut self, format: Format, quality: u8, most: Option<u64>) -> Result<Option<Attempt>, Error> {
        if !codecs::has_quality(format, self.encode.lossless) {
            let file = self.file(format, quality, most)?;
            return Ok(file.map(|file| Attempt { format, file, quality: None }));
        }
        let quality = match self.encode.score {
            Some(score) => self.quality_for(score, format, quality)?,
            None => quality,
        };
        let made = match self.max_bytes {
            Some(bytes) => fit_bytes::fit(bytes, quality, |quality| self.file(format, quality, most))?,
            None => self.file(format, quality, most)?.map(|file| (file, quality)),
        };
        Ok(made.map(|(file, quality)| Attempt { format, file, quality: Some(quality) }))
    }

    /// A file of at most `most` bytes; `None` if it gets larger, as early as that is known.
    fn file(&mut self, format: Format, quality: u8, most: Option<u64>) -> Result<Option<Vec<u8>>, Error> {
        let mut options = EncodeOptions { quality, ..self.options.clone() };
        let allowed = options.limits.result_bytes;
        let most = most.filter(|most| *most < allowed);
        options.limits.result_bytes = most.unwrap_or(allowed);
        let made = match &mut self.frames {
            Frames::Once(running) => codecs::encode(format, &mut **running, &options),
            Frames::Still(picture) => {
                let picture = for_encoder(picture.clone(), format, self.encode.lossless)?;
                codecs::encode(format, &mut Still::new(picture), &options)
            }
            Frames::Anew => {
                let mut running = Running::start(self.pipeline, self.inputs, self.context)?;
                let made = codecs::encode(format, &mut running, &options);
                let (decode, operate) = running.spent();
                self.spent = (self.spent.0 + decode, self.spent.1 + operate);
                self.given = running.given();
                made
            }
        };
        match made {
            Err(Error::Limit(limit)) if limit.limit == "result_bytes" && most.is_some() => Ok(None),
            other => other.map(Some),
        }
    }

    fn quality_for(&mut self, score: u8, format: Format, first: u8) -> Result<u8, Error> {
        let picture = match &self.frames {
            Frames::Still(picture) => picture.clone(),
            Frames::Once(_) | Frames::Anew => self.first_picture()?,
        };
        reach_score::quality(&for_encoder(picture, format, self.encode.lossless)?, format, score, first, &self.options)
    }

    fn first_picture(&mut self) -> Result<Picture, Error> {
        let mut running = Running::start(self.pipeline, self.inputs, self.context)?;
        let frame = running.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?;
        let (decode, operate) = running.spent();
        self.spent = (self.spent.0 + decode, self.spent.1 + operate);
        Ok(frame.picture)
    }
}

/// The picture in a layout that the encoder of `format` takes.
fn for_encoder(picture: Picture, format: Format, lossless: bool) -> Result<Picture, Error> {
    match picture.layout() {
        Layout::YCbCr(_) if !codecs::takes_planes(format, lossless) => ops::convert(picture, Layout::Rgb),
        layout if layout.is_wide() && !codecs::takes_wide(format) => Ok(ops::narrow(picture)),
        _ => Ok(picture),
    }
}
