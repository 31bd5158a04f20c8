//! What the targets of single decoders share.

use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_image::codecs::{self, DecodeOptions, Scale};
use lightmill_image::{Cancel, Error, Fonts, FrameSource, Layout};
use lightmill_recipe::{Format, Limits, Pixels, Size};

/// Small enough that a picture over them would be seen by libFuzzer's own bound on memory.
const LIMITS: Limits = Limits {
    source_bytes: 1 << 20,
    source_side: 4096,
    source_pixels: Pixels(1 << 20),
    animation_pixels: Pixels(1 << 22),
    frames: 16,
    result_side: 4096,
    result_pixels: Pixels(1 << 20),
    result_bytes: 1 << 20,
    operations: 8,
    inputs: 2,
    text_characters: 16,
    memory_bytes: 256 << 20,
    time: Duration::from_secs(5),
};

/// Decodes `data` as `format`, whatever it looks like, in every way in which that decoder is ever called.
///
/// # Panics
/// If a picture is not what the header said, or an error is the engine's own fault.
pub fn decode(format: Format, data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    fair(codecs::probe(format, &bytes).err());
    for (scale, planes, to_srgb) in ways(format) {
        let options = DecodeOptions {
            scale,
            planes,
            frames: 4,
            to_srgb,
            fonts: Fonts::load(&[]),
            limits: LIMITS,
            cancel: Cancel::with_deadline(Instant::now() + LIMITS.time),
        };
        fair(frames(format, &bytes, &options).err());
    }
}

fn frames(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<(), Error> {
    let mut source = codecs::decode(format, bytes, options)?;
    while let Some(frame) = source.next_frame()? {
        let picture = frame.picture;
        assert_eq!(picture.size(), source.size());
        let Size { width, height } = picture.size();
        assert!(width > 0 && height > 0);
        assert!(options.planes || !matches!(picture.layout(), Layout::YCbCr(_)));
    }
    Ok(())
}

/// Scale, planes, conversion to sRGB.
fn ways(format: Format) -> Vec<(Scale, bool, bool)> {
    match format {
        Format::Jpeg => vec![
            (Scale::Full, true, false),
            (Scale::Full, false, true),
            (Scale::Eighths(1), true, false),
            (Scale::Eighths(2), true, false),
            (Scale::Eighths(4), false, true),
        ],
        Format::Svg => vec![(Scale::Full, false, true), (Scale::To(Size::new(33, 20)), false, true)],
        _ => vec![(Scale::Full, false, true)],
    }
}

/// Errors must be the file's fault, or a limit's.
fn fair(error: Option<Error>) {
    if let Some(error) = error {
        let fair =
            matches!(error, Error::UnknownFormat | Error::Unsupported { .. } | Error::Corrupt { .. } | Error::Limit(_));
        assert!(fair, "{error:?}");
    }
}

/// The target of one folder of codecs.
#[macro_export]
macro_rules! decoder {
    ($format:ident) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::decode(lightmill_recipe::Format::$format, data));
    };
}
