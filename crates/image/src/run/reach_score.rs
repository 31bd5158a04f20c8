use bytes::Bytes;
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Error, Ssimulacra2Reference};
use lightmill_recipe::{Format, Limits};

use super::sample::sample;
use crate::codecs::{self, DecodeOptions, EncodeOptions};
use crate::{Error, FileMetadata, Layout, Picture, Still, ops};

/// Qualities that are considered.
const LOWEST: u8 = 20;
const HIGHEST: u8 = 95;
/// Encodes of the sample at most.
const TRIES: usize = 6;
/// How far from the score that was wanted is near enough.
const NEAR: f64 = 0.5;

/// The lowest quality with which `picture` in `format` was found to score `wanted` on SSIMULACRA2, or half a point less,
/// from 20 to 95: by halving and interpolation between at most six tries that begin with `first`, on a sample of the
/// picture.
///
/// Measured on 11 photos, as they are or reduced (19 pictures of 0.1 to 3 megapixels), each in JPEG, WebP and AVIF: the
/// whole picture scores from 3.3 below to 0.4 above 75, half of them within 0.8; from 5.2 below to 4.9 above 60 (half
/// within 1.6), and from 7.1 below to 8.1 above 50 (2.5). Most could not reach 90 at any quality that is considered.
///
/// The work is bounded by the number of tries and the size of the sample, not by a clock, so that the same picture has
/// the same quality everywhere; the score is the same with and without SIMD.
pub(super) fn quality(
    picture: &Picture,
    format: Format,
    wanted: u8,
    first: u8,
    options: &EncodeOptions,
) -> Result<u8, Error> {
    let mut sampled = sample(picture)?;
    // Both sides are in the same colours, whatever they are.
    sampled.icc = None;
    let reference = Reference::new(&sampled)?;
    search(f64::from(wanted), first, |quality| {
        options.cancel.check()?;
        let options =
            EncodeOptions { quality, metadata: FileMetadata::default(), limits: Limits::default(), ..options.clone() };
        let file = codecs::encode(format, &mut Still::new(sampled.clone()), &options)?;
        reference.score(format, &file.into(), &options)
    })
}

/// Narrows the range of qualities by the scores that `score` gives, which rise with quality.
fn search(wanted: f64, first: u8, mut score: impl FnMut(u8) -> Result<f64, Error>) -> Result<u8, Error> {
    let (mut below, mut above) = (End { quality: LOWEST - 1, score: None }, End { quality: HIGHEST, score: None });
    let mut guess = first.clamp(LOWEST, HIGHEST);
    for attempt in 0..TRIES {
        let found = score(guess)?;
        if (found - wanted).abs() <= NEAR {
            return Ok(guess);
        }
        let end = End { quality: guess, score: Some(found) };
        if found > wanted {
            above = end;
        } else {
            below = end;
        }
        let range = above.quality.saturating_sub(below.quality);
        if range <= 1 {
            break;
        }
        let step = match (below.score, above.score) {
            // Every other time only: on a curve, points on a line would creep up from one side.
            (Some(low), Some(high)) if attempt % 2 == 1 => {
                ((wanted - low) / (high - low) * f64::from(range)).round() as u8
            }
            _ => range / 2,
        };
        guess = below.quality + step.clamp(1, range - 1);
    }
    Ok(above.quality)
}

/// An end of the range.
#[derive(Clone, Copy)]
struct End {
    quality: u8,
    /// What it scored, once it was tried.
    score: Option<f64>,
}

/// The picture that all tries are compared with.
struct Reference {
    layout: Layout,
    prepared: Ssimulacra2Reference,
}

impl Reference {
    fn new(picture: &Picture) -> Result<Self, Error> {
        let layout = if picture.layout().has_alpha() { Layout::Rgba } else { Layout::Rgb };
        let pixels = ops::convert(picture.clone(), layout)?;
        Ok(Self { layout, prepared: Ssimulacra2Reference::new(&slice(&pixels)?).map_err(failed)? })
    }

    fn score(&self, format: Format, file: &Bytes, options: &EncodeOptions) -> Result<f64, Error> {
        let decode =
            DecodeOptions { frames: 1, to_srgb: false, cancel: options.cancel.clone(), ..DecodeOptions::default() };
        let frame = codecs::decode(format, file, &decode)?.next_frame()?;
        let picture = frame.ok_or_else(|| Error::internal("a file of ours without frames"))?.picture;
        let pixels = ops::convert(picture, self.layout)?;
        self.prepared.compare(&slice(&pixels)?).map_err(failed)
    }
}

fn slice(picture: &Picture) -> Result<PixelSlice<'_>, Error> {
    let descriptor =
        if picture.layout().has_alpha() { PixelDescriptor::RGBA8_SRGB } else { PixelDescriptor::RGB8_SRGB };
    let (plane, size) = (&picture.planes()[0], picture.size());
    PixelSlice::new(&plane.data, size.width, size.height, plane.stride, descriptor).map_err(Error::internal)
}

#[allow(clippy::needless_pass_by_value)] // The signature that `map_err` takes.
fn failed(error: Ssimulacra2Error) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests {
    use fast_ssim2::Ssimulacra2Config;
    use lightmill_recipe::Size;

    use super::*;
    use crate::codecs::testing::gradient;

    #[test]
    fn scores_do_not_depend_on_the_processor() {
        let size = Size::new(97, 61);
        let (a, b) = (gradient(size, Layout::Rgb), Picture::solid(size, [90, 120, 150, 255]));
        let b = ops::convert(ops::flatten(b, lightmill_recipe::Colour::WHITE), Layout::Rgb).unwrap();
        let with = |config: Ssimulacra2Config<'_>| {
            fast_ssim2::compute_ssimulacra2_with_config(&slice(&a).unwrap(), &slice(&b).unwrap(), &config).unwrap()
        };
        assert_eq!(with(Ssimulacra2Config::scalar()).to_bits(), with(Ssimulacra2Config::simd()).to_bits());
    }

    #[test]
    fn the_lowest_quality_that_scores_is_found() {
        // Codecs' scores rise steeply at first.
        let curve = |quality: u8| 100.0 - 900.0 / (f64::from(quality) + 5.0);
        for wanted in [40, 60, 70, 75, 85, 90] {
            let mut tries = 0;
            let found = search(f64::from(wanted), 80, |quality| {
                tries += 1;
                Ok(curve(quality))
            })
            .unwrap();
            assert!(curve(found) >= f64::from(wanted) - NEAR && tries <= TRIES, "{wanted}: {found}");
            assert!(found <= LOWEST + 3 || curve(found - 3) < f64::from(wanted), "{wanted}: {found} in {tries}");
        }
        // A curve that is steep just above: the upper end must come down too.
        let steep = |quality: u8| if quality < 60 { 40.0 + f64::from(quality) / 3.01 } else { 75.0 };
        assert!((57..=64).contains(&search(60.0, 80, |quality| Ok(steep(quality))).unwrap()));
        assert_eq!(search(99.0, 80, |quality| Ok(curve(quality))).unwrap(), HIGHEST);
        assert!(search(1.0, 80, |quality| Ok(curve(quality))).unwrap() <= LOWEST + 2);
    }
}
