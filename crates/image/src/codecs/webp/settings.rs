use libwebp_sys::WebPConfig;
use lightmill_recipe::{Effort, Pixels, Size};

use crate::Error;
use crate::codecs::EncodeOptions;

/// Speed against size, 0 to 6, of large pictures. On photos, method 2 gives the same SSIMULACRA2 as libwebp's default
/// of 4 for 4 % more bytes in less than half of the time.
const METHOD: i32 = 2;
/// The same of small pictures, whose time is little and whose bytes are asked for most often.
const METHOD_OF_SMALL: i32 = 4;
/// Pixels of a small still at most.
const SMALL_STILL: Pixels = Pixels(512 * 512);
/// A small frame has at most one pixel for so many of the canvas.
const SMALL_FRAME: u64 = 4;
/// Spatial noise shaping of large frames, 0 to 100 (libwebp's default is 50). Together with a quality of 79 for 80 it
/// gives the bytes and the PSNR of method 4.
const NOISE_SHAPING: i32 = 30;
/// Where a small file was asked for: of stills, and of frames.
const METHOD_FOR_SIZE: (i32, i32) = (6, 4);
/// Of pictures without loss, the method and how far repetitions are looked for, 0 to 100.
const LOSSLESS: (i32, f32) = (2, 50.0);
/// The same where a small file was asked for.
const LOSSLESS_FOR_SIZE: (i32, f32) = (4, 75.0);

/// libwebp's settings for a still of `size`.
pub(super) fn still(size: Size, options: &EncodeOptions) -> Result<WebPConfig, Error> {
    let mut config = settings(options)?;
    if !options.lossless {
        config.method = match options.effort {
            Effort::Small => METHOD_FOR_SIZE.0,
            Effort::Fast if size.pixels() <= SMALL_STILL => METHOD_OF_SMALL,
            Effort::Fast => METHOD,
        };
    }
    Ok(config)
}

/// libwebp's settings for a frame of `size` on a canvas.
pub(super) fn frame(size: Size, canvas: Size, options: &EncodeOptions) -> Result<WebPConfig, Error> {
    let mut config = settings(options)?;
    if options.lossless {
        return Ok(config);
    }
    if options.effort == Effort::Small {
        config.method = METHOD_FOR_SIZE.1;
    } else if size.pixels().0 * SMALL_FRAME <= canvas.pixels().0 {
        config.method = METHOD_OF_SMALL;
    } else {
        config.method = METHOD;
        config.sns_strength = NOISE_SHAPING;
        // 1 less at 80, nothing less at the ends of the scale.
        config.quality -= config.quality.min(100.0 - config.quality) / 20.0;
    }
    Ok(config)
}

fn settings(options: &EncodeOptions) -> Result<WebPConfig, Error> {
    let mut config = WebPConfig::new().map_err(|()| Error::internal("libwebp of another version"))?;
    config.quality = options.quality.clamp(1, 100).into();
    if options.lossless {
        config.lossless = 1;
        (config.method, config.quality) = if options.effort == Effort::Small { LOSSLESS_FOR_SIZE } else { LOSSLESS };
    }
    Ok(config)
}
