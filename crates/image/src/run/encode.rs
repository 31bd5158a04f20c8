use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_recipe::{Format, LimitError, Metadata};

use super::attempt::{Attempt, Attempts};
use super::{Context, Made, Timings};
use crate::codecs::{self, EncodeOptions, Kept, Turn};
use crate::plan::{Encode, Pipeline, SourceData};
use crate::{Error, ExifOrientation, FileMetadata, probe};

/// The source as it is stored, with nothing but its metadata changed. Formats that hold none are given as they are.
pub(super) fn pass(format: Format, policy: Metadata, file: &Bytes) -> Result<Made, Error> {
    let made = |bytes: Bytes| made(format, bytes, None, Timings::default());
    if !codecs::can_strip(format) {
        return Ok(Made { passthrough: true, ..made(file.clone()) });
    }
    let source = probe(file)?;
    let metadata = FileMetadata::filtered(&source, policy, source.orientation, None);
    let stripped = codecs::strip(format, file, &Kept { profile: true, metadata: &metadata });
    let stripped = stripped.ok_or_else(|| Error::corrupt(format, "its parts cannot be told apart"))?;
    Ok(Made { passthrough: true, frames: source.frames, ..made(stripped.into()) })
}

/// A picture file: the source's own data where they are as good, else the best of all attempts.
pub(super) fn encode(pipeline: &Pipeline, encode: &Encode, inputs: &[Bytes], context: &Context) -> Result<Made, Error> {
    let started = Instant::now();
    let own = Own::new(pipeline, encode, inputs)?;
    let options = EncodeOptions {
        quality: encode.quality,
        lossless: encode.lossless,
        progressive: encode.progressive,
        palette: encode.palette,
        effort: encode.effort,
        metadata: own.metadata.clone(),
        limits: context.limits.clone(),
        cancel: context.cancel.clone(),
    };
    let instead = match encode.source_data {
        SourceData::Whole => own.stripped(),
        SourceData::Turned(turn) => own.turned(&turn, &options)?,
        SourceData::Unused | SourceData::IfSmaller => None,
    };
    if let Some(file) = instead {
        return own.made(file, started.elapsed(), context);
    }
    let stripped = if encode.source_data == SourceData::IfSmaller { own.stripped() } else { None };
    // Where the source's own data keep every bound, they are better than any encode that is larger, or that had to lower
    // its quality to be smaller.
    let keeps = |file: &&Vec<u8>| encode.max_bytes.is_none_or(|bytes| file.len() as u64 <= bytes);
    let most = stripped.as_ref().filter(keeps).map(|file| (file.len() as u64).saturating_sub(1));
    let max_bytes = encode.max_bytes.filter(|_| most.is_none());
    let mut attempts = Attempts::new(pipeline, encode, inputs, context, options, max_bytes)?;
    let best = attempts.best(most)?;
    let (decode, operate) = attempts.spent();
    match (best, stripped) {
        (Some(Attempt { format, file, quality }), stripped)
            if stripped.as_ref().is_none_or(|stripped| file.len() < stripped.len()) =>
        {
            LimitError::check("result_bytes", file.len() as u64, context.limits.result_bytes)?;
            let encode = started.elapsed().saturating_sub(decode + operate);
            let made = made(format, file.into(), Some(pipeline.size()), Timings { decode, operate, encode });
            Ok(Made { frames: attempts.frames(), quality, ..made })
        }
        (_, Some(stripped)) => {
            let made = own.made(stripped, started.elapsed().saturating_sub(decode + operate), context)?;
            Ok(Made { timings: Timings { decode, operate, ..made.timings }, ..made })
        }
        (_, None) => Err(Error::internal("no attempt gave a file")),
    }
}

/// The source as far as its own data or its metadata can become part of the result.
struct Own<'a> {
    pipeline: &'a Pipeline,
    file: &'a [u8],
    keeps_profile: bool,
    icc: Option<std::sync::Arc<[u8]>>,
    metadata: FileMetadata,
}

impl<'a> Own<'a> {
    fn new(pipeline: &'a Pipeline, encode: &Encode, inputs: &'a [Bytes]) -> Result<Self, Error> {
        let file = inputs.get(pipeline.input.0).ok_or_else(|| Error::internal("an input is missing"))?;
        let mut this =
            Self { pipeline, file, keeps_profile: encode.keeps_profile, icc: None, metadata: FileMetadata::default() };
        let turns = matches!(encode.source_data, SourceData::Turned(_));
        if encode.metadata != Metadata::Drop || (turns && encode.keeps_profile) {
            let source = probe(file)?;
            let size = Some(pipeline.size());
            this.metadata = FileMetadata::filtered(&source, encode.metadata, ExifOrientation::UPRIGHT, size);
            this.icc = source.icc.filter(|_| encode.keeps_profile);
        }
        Ok(this)
    }

    fn stripped(&self) -> Option<Vec<u8>> {
        let kept = Kept { profile: self.keeps_profile, metadata: &self.metadata };
        codecs::strip(self.pipeline.decode.format, self.file, &kept)
    }

    fn turned(&self, turn: &Turn, options: &EncodeOptions) -> Result<Option<Vec<u8>>, Error> {
        codecs::turn_jpeg(self.file, turn, self.icc.as_deref(), options)
    }

    fn made(&self, file: Vec<u8>, encode: Duration, context: &Context) -> Result<Made, Error> {
        LimitError::check("result_bytes", file.len() as u64, context.limits.result_bytes)?;
        let timings = Timings { encode, ..Timings::default() };
        let made = made(self.pipeline.decode.format, file.into(), Some(self.pipeline.size()), timings);
        Ok(Made { passthrough: true, frames: self.pipeline.decode.frames, ..made })
    }
}

fn made(format: Format, bytes: Bytes, size: Option<lightmill_recipe::Size>, timings: Timings) -> Made {
    Made {
        content_type: format.media_type(),
        bytes,
        format: Some(format),
        size,
        frames: 1,
        passthrough: false,
        quality: None,
        timings,
    }
}
