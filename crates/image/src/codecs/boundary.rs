use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lightmill_recipe::{Format, LimitError, Limits, Size};

use super::EncodeOptions;
use crate::{Error, Frame, FrameSource};

/// Runs a decoder. If it panics, the source is what made it do so.
pub(super) fn decoding<T>(format: Format, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Unwind safety: the decoder's state is dropped with the closure and nothing else is changed by it.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::corrupt(format, words(&*panic))))
}

/// Runs an encoder. If it panics, the fault is ours.
pub(super) fn encoding<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Unwind safety: as above; a source of frames is not to be used again after an error.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::internal(words(&*panic))))
}

/// The frame that a format of one picture takes.
pub(super) fn first_frame(frames: &mut dyn FrameSource) -> Result<Frame, Error> {
    frames.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))
}

/// Whether `frames` of `size` may be decoded.
pub(super) fn check_animation(limits: &Limits, size: Size, frames: u32) -> Result<(), LimitError> {
    LimitError::check("frames", frames.into(), limits.frames.into())?;
    let pixels = size.pixels().0.saturating_mul(frames.into());
    LimitError::check("animation_pixels", pixels, limits.animation_pixels.0)
}

/// A frame's time in whole milliseconds, rounded to the nearest.
pub(super) fn milliseconds(delay: Duration) -> u32 {
    let rounded = (delay.as_micros() + 500) / 1000;
    rounded.try_into().unwrap_or(u32::MAX)
}

/// The result, unless it is over its limit.
pub(super) fn within(options: &EncodeOptions, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    LimitError::check("result_bytes", bytes.len() as u64, options.limits.result_bytes)?;
    Ok(bytes)
}

/// What a panic said.
pub(super) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the codec panicked".to_owned())
}
