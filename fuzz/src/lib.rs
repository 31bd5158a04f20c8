//! What the targets of single decoders share.

use std::time::{Duration, Instant};

use bytes::Bytes;
use lightmill_image::codecs::{self, DecodeOptions, Scale};
use lightmill_image::{Cancel, Error, Layout};
use lightmill_recipe::{Format, Limits, Pixels, Rect, Size};

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
    let probed = codecs::probe(format, &bytes);
    let size = probed.as_ref().map_or(Size::new(0, 0), |probe| probe.size);
    fair(probed.err());
    for way in ways(format, size) {
        let options = DecodeOptions {
            frames: 4,
            limits: LIMITS,
            cancel: Cancel::with_deadline(Instant::now() + LIMITS.time),
            ..way
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

/// How files of `format` that claim to have `size` are decoded.
fn ways(format: Format, size: Size) -> Vec<DecodeOptions> {
    let way = |scale, planes| DecodeOptions { scale, planes, to_srgb: !planes, ..DecodeOptions::default() };
    match format {
        Format::Jpeg => {
            let mut ways = vec![way(Scale::Full, false), way(Scale::Eighths(4), false)];
            for eighths in [1, 2, 4, 6, 8] {
                let whole = way(Scale::Eighths(eighths), true);
                ways.extend(
                    middle(size, eighths.into()).map(|region| DecodeOptions { region: Some(region), ..whole.clone() }),
                );
                ways.push(whole);
            }
            ways
        }
        Format::Svg => vec![way(Scale::Full, false), way(Scale::To(Size::new(33, 20)), false)],
        _ => vec![way(Scale::Full, false)],
    }
}

/// A region of the picture at `eighths`/8, as plans choose them: it begins on units of 16 stored pixels.
fn middle(size: Size, eighths: u32) -> Option<Rect> {
    let axis = |stored: u32| {
        let (unit, whole) = (2 * eighths, (stored * eighths).div_ceil(8));
        let start = whole / 3 / unit * unit;
        (start, (start + unit).min(whole) - start)
    };
    let ((x, width), (y, height)) = (axis(size.width), axis(size.height));
    (width > 0 && height > 0).then_some(Rect { x, y, size: Size::new(width, height) })
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
