use std::sync::Arc;

use jxl_oxide::{AllocTracker, EnumColourEncoding, InitializeResult, JxlImage, JxlThreadPool, RenderingIntent};
use lightmill_recipe::{Format, LimitError, Limits};

use super::header::{Colours, Header};
use crate::{Cancel, Error};

/// Bytes that are fed at once.
const CHUNK: usize = 64 << 10;
/// Frames of all kinds (shown, blended, referred to) at most: each costs memory before any is decoded.
const MAX_FRAMES: usize = 4096;

/// Feeds a decoder until `wanted` frames that are shown are there, or all that `codestream` has.
///
/// # Errors
/// [`Error::Limit`] if all frames together have more pixels than an animation may have.
pub(super) fn open(
    codestream: &[u8],
    header: &Header,
    wanted: usize,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<JxlImage, Error> {
    let memory = usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX);
    let builder = JxlImage::builder().pool(JxlThreadPool::none()).alloc_tracker(AllocTracker::with_limit(memory));
    let mut unready = builder.build_uninit();
    let mut chunks = codestream.chunks(CHUNK);
    let mut image = loop {
        let chunk = chunks.next().ok_or_else(|| failed("the header is cut off", limits))?;
        unready.feed_bytes(chunk).map_err(|error| failed(error, limits))?;
        match unready.try_init().map_err(|error| failed(error, limits))? {
            InitializeResult::NeedMoreData(more) => unready = more,
            InitializeResult::Initialized(image) => break image,
        }
    };
    let (mut counted, mut pixels) = (0, 0u64);
    loop {
        cancel.check()?;
        while let Some(frame) = image.frame(counted) {
            let header = frame.header();
            pixels = pixels.saturating_add(u64::from(header.width) * u64::from(header.height));
            counted += 1;
        }
        let allowed = limits.animation_pixels.0.max(header.size().pixels().0 * 2);
        LimitError::check("animation_pixels", pixels, allowed)?;
        if image.num_loaded_keyframes() >= wanted || counted > MAX_FRAMES {
            break;
        }
        let Some(chunk) = chunks.next() else { break };
        // Frames that were whole before the damage are good.
        if let Err(error) = image.feed_bytes(chunk) {
            if image.num_loaded_keyframes() == 0 {
                return Err(failed(error, limits));
            }
            break;
        }
    }
    if header.is_grey() && header.colours() == Colours::Srgb {
        image.request_color_encoding(EnumColourEncoding::gray_srgb(RenderingIntent::Relative));
    } else if header.colours() == Colours::Srgb {
        image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    }
    Ok(image)
}

/// The profile of the samples that `image` gives; `None` if they are sRGB.
pub(super) fn profile(image: &JxlImage, header: &Header) -> Option<Arc<[u8]>> {
    match header.colours() {
        Colours::Srgb | Colours::HighDynamicRange => None,
        Colours::Stated => Some(image.rendered_icc().into()),
        Colours::Embedded => image.original_icc().map(Into::into),
    }
}

/// The decoder's error as ours.
pub(super) fn failed(error: impl std::fmt::Display, limits: &Limits) -> Error {
    let detail = error.to_string();
    // The tracker's error is wrapped by several crates, of which each has a text but none a common type.
    if detail.contains("failed to allocate") {
        let allowed = limits.memory_bytes;
        return LimitError { limit: "memory_bytes", actual: allowed.saturating_add(1), allowed }.into();
    }
    Error::corrupt(Format::JpegXl, detail)
}
