//! What the tests of all codecs share.

use bytes::Bytes;
use lightmill_recipe::{Effort, Format, Limits, Size};

use super::{DecodeOptions, EncodeOptions, decode, encode, probe};
use crate::ops::widen;
use crate::{Animation, Cancel, Error, FileMetadata, Frame, FrameSource, Layout, Picture, Still};

/// A file of the samples folder.
pub fn sample(name: &str) -> Bytes {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into()
}

/// A small file of the seeds of fuzzing: made by other programs (avifenc, cjxl, heif-enc, sharp) from the photo
/// `photo.png`, or `odd.png` of odd sides, or `alpha.png`.
pub fn seed(name: &str) -> Bytes {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/probe_decode").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into()
}

/// As decoders are called for the simplest work.
pub fn plain() -> DecodeOptions {
    DecodeOptions::default()
}

/// The quality given, not progressive.
pub fn quality(quality: u8) -> EncodeOptions {
    EncodeOptions {
        quality,
        lossless: false,
        progressive: false,
        palette: None,
        effort: Effort::Fast,
        metadata: FileMetadata::default(),
        limits: Limits::default(),
        cancel: Cancel::default(),
    }
}

/// The first frame.
pub fn picture(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<Picture, Error> {
    Ok(decode(format, bytes, options)?.next_frame()?.unwrap().picture)
}

/// All frames.
pub fn frames(format: Format, bytes: &Bytes, options: &DecodeOptions) -> Result<Vec<Frame>, Error> {
    let mut source = decode(format, bytes, options)?;
    std::iter::from_fn(|| source.next_frame().transpose()).collect()
}

/// A still, encoded.
pub fn encoded(format: Format, picture: Picture, options: &EncodeOptions) -> Bytes {
    encode(format, &mut Still::new(picture), options).unwrap().into()
}

/// An animation in memory.
pub struct Reel {
    pub frames: std::vec::IntoIter<Frame>,
    pub size: Size,
    pub loop_count: u32,
}

impl Reel {
    pub fn new(frames: Vec<Frame>, loop_count: u32) -> Self {
        Self { size: frames[0].picture.size(), frames: frames.into_iter(), loop_count }
    }
}

impl FrameSource for Reel {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        Some(Animation { loop_count: self.loop_count })
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        Ok(self.frames.next())
    }
}

/// The first plane's samples without padding.
pub fn samples(picture: &Picture) -> Vec<u8> {
    (0..picture.size().height).flat_map(|y| picture.row(y).iter().copied()).collect()
}

/// Peak signal to noise ratio over all samples, in dB.
pub fn psnr(a: &Picture, b: &Picture) -> f64 {
    assert_eq!((a.size(), a.layout()), (b.size(), b.layout()));
    let (a, b) = (samples(a), samples(b));
    let error: f64 = a.iter().zip(&b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / error).log10()
}

/// A smooth picture with a different slope in each channel.
pub fn gradient(size: Size, layout: Layout) -> Picture {
    let mut data = Vec::new();
    for y in 0..size.height {
        for x in 0..size.width {
            let pixel = [x * 255 / size.width, y * 255 / size.height, (x + y) * 255 / (size.width + size.height), 128];
            data.extend(pixel[..layout.channels()].iter().map(|v| *v as u8));
        }
    }
    let picture = Picture::interleaved(size, layout.narrowed(), data).unwrap();
    if layout.is_wide() { finer(&widen(picture)) } else { picture }
}

/// The wide picture with values between those of 8 bits.
fn finer(picture: &Picture) -> Picture {
    let mut finer = picture.clone();
    for (index, sample) in finer.planes_mut()[0].data.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        *sample = u16::from_ne_bytes(*sample).saturating_add(index as u16 % 200).to_ne_bytes();
    }
    finer
}

/// Cuts `file` at many lengths and flips its bits in many places: every outcome must be a picture or an error that is
/// the file's fault.
pub fn damage(format: Format, file: &Bytes, options: &DecodeOptions) {
    let check = |bytes: Bytes| {
        let results = [probe(format, &bytes).err(), frames(format, &bytes, options).err()];
        for error in results.into_iter().flatten() {
            let fair = matches!(error, Error::Corrupt { .. } | Error::Unsupported { .. } | Error::Limit(_));
            assert!(fair, "{error:?}");
        }
    };
    let step = (file.len() / 40).max(1);
    for length in (0..64.min(file.len())).chain((64..file.len()).step_by(step)) {
        check(file.slice(..length));
    }
    let mut state = 0x1234_5678_9ABC_DEF0_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..200 {
        let mut bytes = file.to_vec();
        // Headers matter most: half of the rounds damage only the first bytes.
        let reach = if round % 2 == 0 { bytes.len() } else { bytes.len().min(256) };
        for _ in 0..=round % 4 {
            bytes[random(reach)] ^= 1 << random(8);
        }
        check(bytes.into());
    }
}
