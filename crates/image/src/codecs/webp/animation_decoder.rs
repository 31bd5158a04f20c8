#![allow(unsafe_code)]

use bytes::Bytes;
use libwebp_sys::{
    WEBP_CSP_MODE, WebPAnimDecoder, WebPAnimDecoderDelete, WebPAnimDecoderGetInfo, WebPAnimDecoderGetNext,
    WebPAnimDecoderHasMoreFrames, WebPAnimDecoderNew, WebPAnimDecoderOptions, WebPAnimDecoderOptionsInit, WebPAnimInfo,
    WebPData,
};
use lightmill_recipe::{Format, Size};

use crate::Error;

/// libwebp's decoder of whole frames.
pub(super) struct AnimationDecoder {
    decoder: *mut WebPAnimDecoder,
    /// The decoder reads from this memory.
    _bytes: Bytes,
    canvas: usize,
    shown_until: i32,
}

// SAFETY: the decoder has no thread-local state and is used through `&mut` only.
unsafe impl Send for AnimationDecoder {}

impl AnimationDecoder {
    /// Opens an animation whose canvas must be of `size`.
    pub fn open(bytes: Bytes, size: Size) -> Result<Self, Error> {
        // SAFETY: all-zero is a valid value of this structure of numbers and an enum; the call below fills it in.
        let mut options: WebPAnimDecoderOptions = unsafe { std::mem::zeroed() };
        // SAFETY: `options` is writable.
        if unsafe { WebPAnimDecoderOptionsInit(&raw mut options) } == 0 {
            return Err(Error::internal("libwebp of another version"));
        }
        options.color_mode = WEBP_CSP_MODE::MODE_RGBA;
        let data = WebPData { bytes: bytes.as_ptr(), size: bytes.len() };
        // SAFETY: `data` points to memory that is kept as long as the decoder; `Bytes` do not move.
        let decoder = unsafe { WebPAnimDecoderNew(&raw const data, &raw const options) };
        if decoder.is_null() {
            return Err(Error::corrupt(Format::WebP, "no valid animation"));
        }
        let canvas = size.pixels().0 as usize * 4;
        let this = Self { decoder, _bytes: bytes, canvas, shown_until: 0 };
        let mut info =
            WebPAnimInfo { canvas_width: 0, canvas_height: 0, loop_count: 0, bgcolor: 0, frame_count: 0, pad: [0; 4] };
        // SAFETY: the decoder is valid and `info` writable.
        unsafe { WebPAnimDecoderGetInfo(decoder, &raw mut info) };
        if (info.canvas_width, info.canvas_height) == (size.width, size.height) {
            Ok(this)
        } else {
            Err(Error::corrupt(Format::WebP, "two sizes"))
        }
    }

    /// The canvas in RGBA with straight alpha, and the milliseconds that it is shown; `None` after the last frame.
    pub fn next(&mut self) -> Result<Option<(&[u8], u32)>, Error> {
        // SAFETY: the decoder is valid.
        if unsafe { WebPAnimDecoderHasMoreFrames(self.decoder) } == 0 {
            return Ok(None);
        }
        let mut canvas = std::ptr::null_mut();
        let mut until = 0;
        // SAFETY: the decoder is valid and both results are writable.
        if unsafe { WebPAnimDecoderGetNext(self.decoder, &raw mut canvas, &raw mut until) } == 0 || canvas.is_null() {
            return Err(Error::corrupt(Format::WebP, "a damaged frame"));
        }
        let delay = u32::try_from(until.saturating_sub(self.shown_until)).unwrap_or(0);
        self.shown_until = until;
        // SAFETY: the canvas holds width × height × 4 bytes and stays until the next call, which `&mut self` bars
        // while the slice lives.
        Ok(Some((unsafe { std::slice::from_raw_parts(canvas, self.canvas) }, delay)))
    }
}

impl Drop for AnimationDecoder {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `WebPAnimDecoderNew` and is deleted once.
        unsafe { WebPAnimDecoderDelete(self.decoder) };
    }
}
