#![allow(unsafe_code)]

use libwebp_sys::{
    VP8StatusCode, WEBP_CSP_MODE, WebPDecoderConfig, WebPIDecGetRGB, WebPIDecoder, WebPIDelete, WebPINewDecoder,
    WebPIUpdate, WebPRGBABuffer,
};
use lightmill_recipe::{Format, Size};

use crate::{Cancel, Error, Layout};

/// Bytes that are handed to the decoder between two questions whether the work is still wanted.
const STEP: usize = 32 << 10;

/// Deletes the incremental decoder.
struct Incremental(*mut WebPIDecoder);

impl Drop for Incremental {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `WebPINewDecoder` and is deleted once.
        unsafe { WebPIDelete(self.0) };
    }
}

/// Rows without padding of a still of `size`, in RGB or RGBA. Rows that a cut-off file lacks are black or transparent.
pub(super) fn decode(bytes: &[u8], size: Size, layout: Layout, cancel: &Cancel) -> Result<Vec<u8>, Error> {
    let stride = size.width as usize * layout.channels();
    let mut data = vec![0; stride * size.height as usize];
    let mut config = WebPDecoderConfig::new().map_err(|()| Error::internal("libwebp of another version"))?;
    config.output.colorspace = if layout.has_alpha() { WEBP_CSP_MODE::MODE_RGBA } else { WEBP_CSP_MODE::MODE_RGB };
    config.output.is_external_memory = 1;
    config.output.u.RGBA = WebPRGBABuffer { rgba: data.as_mut_ptr(), stride: stride as i32, size: data.len() };
    // SAFETY: `config.output` describes memory of `data` that outlives the decoder, whose size libwebp checks against
    // the picture's own before it writes.
    let decoder = Incremental(unsafe { WebPINewDecoder(&raw mut config.output) });
    if decoder.0.is_null() {
        return Err(Error::internal("libwebp has no memory"));
    }
    let mut status = VP8StatusCode::VP8_STATUS_SUSPENDED;
    let mut end = 0;
    while status == VP8StatusCode::VP8_STATUS_SUSPENDED && end < bytes.len() {
        cancel.check()?;
        end = (end + STEP).min(bytes.len());
        // SAFETY: the first `end` bytes of `bytes` are valid and do not move between the calls.
        status = unsafe { WebPIUpdate(decoder.0, bytes.as_ptr(), end) };
    }
    let mut rows = 0;
    let none = std::ptr::null_mut();
    // SAFETY: null is allowed for what is not asked for.
    unsafe { WebPIDecGetRGB(decoder.0, &raw mut rows, none, none, none) };
    match status {
        VP8StatusCode::VP8_STATUS_OK => Ok(data),
        VP8StatusCode::VP8_STATUS_OUT_OF_MEMORY => Err(Error::internal("libwebp has no memory")),
        _ if rows > 0 => Ok(data),
        other => Err(Error::corrupt(Format::WebP, format_args!("{other:?}"))),
    }
}
