#![allow(unsafe_code)]

use libwebp_sys::{WebPConfig, WebPEncode, WebPEncodingError, WebPPicture};
use lightmill_recipe::LimitError;

use super::source::Source;
use crate::Error;
use crate::codecs::EncodeOptions;

/// Where the encoder writes to.
struct Output {
    bytes: Vec<u8>,
    limit: u64,
}

/// A file of one picture without metadata.
pub(super) fn encode(mut source: Source, config: &WebPConfig, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    source.stop_on(&options.cancel);
    let mut output = Output { bytes: Vec::new(), limit: options.limits.result_bytes };
    source.raw.writer = Some(write);
    source.raw.custom_ptr = (&raw mut output).cast();
    // SAFETY: picture, writer and hook are set up and outlive the call.
    let done = unsafe { WebPEncode(config, &raw mut source.raw) } != 0;
    if done {
        return Ok(output.bytes);
    }
    options.cancel.check()?;
    Err(match source.raw.error_code {
        WebPEncodingError::VP8_ENC_ERROR_BAD_WRITE => {
            LimitError { limit: "result_bytes", actual: output.limit.saturating_add(1), allowed: output.limit }.into()
        }
        // The first partition holds all modes and may not exceed 512 KiB.
        WebPEncodingError::VP8_ENC_ERROR_PARTITION0_OVERFLOW | WebPEncodingError::VP8_ENC_ERROR_PARTITION_OVERFLOW => {
            Error::Unsuitable("the picture has too much detail for a WebP of its size".to_owned())
        }
        other => Error::internal(format_args!("libwebp: {other:?}")),
    })
}

unsafe extern "C" fn write(data: *const u8, size: usize, picture: *const WebPPicture) -> i32 {
    // SAFETY: `custom_ptr` is the output of the call that is running, which nobody else uses meanwhile.
    let output = unsafe { &mut *(*picture).custom_ptr.cast::<Output>() };
    if size == 0 {
        return 1;
    }
    if (output.bytes.len() + size) as u64 > output.limit {
        return 0;
    }
    // SAFETY: libwebp gives `size` readable bytes.
    output.bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(data, size) });
    1
}
