use std::{env, fmt, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use image::{Rgba, RgbaImage, imageops};

use super::{Picture, Score};

/// How far two pictures may be apart. Where both bounds are given, either is enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// At least this PSNR in dB.
    pub psnr: f64,
    /// Or at most this difference of any channel.
    pub largest: Option<u8>,
}

impl Tolerance {
    /// For results that were resampled or compressed with loss.
    pub const LOSSY: Self = Self { psnr: 32.0, largest: None };
    /// For results that should differ by rounding only.
    pub const ROUNDING: Self = Self { psnr: 40.0, largest: Some(2) };
    /// For results that must not differ at all.
    pub const EQUAL: Self = Self { psnr: f64::INFINITY, largest: Some(0) };

    /// Whether a score is within it.
    pub fn allows(&self, score: Score) -> bool {
        score.psnr >= self.psnr || self.largest.is_some_and(|largest| score.largest <= largest)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at least {} dB", self.psnr)?;
        if let Some(largest) = self.largest {
            write!(f, " or differences of at most {largest}")?;
        }
        Ok(())
    }
}

/// An error if two pictures differ in size or frames, or are further apart than `tolerance`, after saving the expected
/// picture, the actual one and their difference side by side as `NAME.png`; the error says where.
pub fn compare_pictures(name: &str, actual: &Picture, expected: &Picture, tolerance: Tolerance) -> Result<()> {
    let problem = match Score::of(actual, expected) {
        Some(score) if tolerance.allows(score) => return Ok(()),
        Some(score) => {
            format!("{:.2} dB, largest difference {}; allowed is {tolerance}", score.psnr, score.largest)
        }
        None => {
            let shape = |p: &Picture| format!("{}x{} in {} frames", p.width(), p.height(), p.frames.len());
            format!("{} instead of {}", shape(actual), shape(expected))
        }
    };
    match save(name, actual, expected) {
        Ok(path) => bail!("{problem}; expected | actual | difference: {}", path.display()),
        Err(error) => bail!("{problem}; nothing saved: {error:#}"),
    }
}

/// [`compare_pictures`] as an assertion.
///
/// # Panics
/// If the pictures are too far apart.
pub fn assert_close(name: &str, actual: &Picture, expected: &Picture, tolerance: Tolerance) {
    if let Err(problem) = compare_pictures(name, actual, expected, tolerance) {
        panic!("{name}: {problem}");
    }
}

/// Of the frames, the first pair that differs most visibly is shown.
fn save(name: &str, actual: &Picture, expected: &Picture) -> Result<PathBuf> {
    let worst = actual.frames.iter().zip(&expected.frames).min_by(|a, b| {
        let psnr = |pair: &(&RgbaImage, &RgbaImage)| Score::of_frames(pair.0, pair.1).map_or(0.0, |score| score.psnr);
        psnr(a).total_cmp(&psnr(b))
    });
    let (actual, expected) = worst.context("no frame")?;
    let folder = env::var_os("CARGO_TARGET_DIR").map_or_else(env::temp_dir, PathBuf::from).join("failures");
    fs::create_dir_all(&folder)?;
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let path = folder.join(format!("{safe}.png"));
    side_by_side(actual, expected).save(&path)?;
    Ok(path)
}

fn side_by_side(actual: &RgbaImage, expected: &RgbaImage) -> RgbaImage {
    let width = actual.width().max(expected.width());
    let height = actual.height().max(expected.height());
    let mut sheet = RgbaImage::from_pixel(width * 3 + 16, height, Rgba([255, 0, 255, 255]));
    imageops::replace(&mut sheet, expected, 0, 0);
    imageops::replace(&mut sheet, actual, i64::from(width) + 8, 0);
    let difference = RgbaImage::from_fn(width, height, |x, y| {
        let (Some(a), Some(b)) = (actual.get_pixel_checked(x, y), expected.get_pixel_checked(x, y)) else {
            return Rgba([255, 0, 255, 255]);
        };
        // Amplified, as differences that matter are far below what an eye sees on black.
        let far = |channel: usize| a[channel].abs_diff(b[channel]).saturating_mul(8);
        let alpha = far(3);
        Rgba([far(0).max(alpha), far(1).max(alpha), far(2).max(alpha), 255])
    });
    imageops::replace(&mut sheet, &difference, 2 * (i64::from(width) + 8), 0);
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate;

    #[test]
    fn equal_pictures_pass() {
        let photo = Picture::still(generate::photo(20, 10));
        assert_close("equal", &photo, &photo, Tolerance::EQUAL);
    }

    #[test]
    #[should_panic(expected = "expected | actual | difference")]
    fn different_pictures_leave_a_sheet() {
        let a = Picture::still(generate::photo(20, 10));
        let b = Picture::still(generate::noise(20, 10, 7));
        assert_close("different_pictures_leave_a_sheet", &a, &b, Tolerance::LOSSY);
    }

    #[test]
    #[should_panic(expected = "20x10 in 1 frames instead of 10x20 in 1 frames")]
    fn other_sizes_are_named() {
        let a = Picture::still(generate::photo(20, 10));
        let b = Picture::still(generate::photo(10, 20));
        assert_close("other_sizes_are_named", &a, &b, Tolerance::LOSSY);
    }
}
