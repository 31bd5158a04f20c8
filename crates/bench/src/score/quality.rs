use std::time::Duration;

use anyhow::{Result, bail};
use lightmill_testkit::{Picture, RgbaImage};
use serde::Serialize;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use super::ssim::ssim;

/// How close a result is to its reference: means over all frames. Transparent pictures are laid on black and on white,
/// and the worse of the two counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Peak signal-to-noise ratio of luma (ITU-R BT.601), in dB; `None` for equal luma.
    pub psnr_db: Option<f64>,
    /// Mean structural similarity of luma; `None` below 11×11 pixels.
    pub ssim: Option<f64>,
    /// SSIMULACRA 2.1: 100 is equal, 90 cannot be told apart, 70 is high quality; `None` below 8×8 pixels.
    pub ssimulacra2: Option<f64>,
}

impl Quality {
    /// Of `result`, which has the size of `reference` and lasts as long, or it is an error. Every frame of the
    /// reference is compared with the one that the result shows in the middle of its time, as an encoder may join
    /// frames that are equal.
    pub fn of(result: &Picture, reference: &Picture) -> Result<Self> {
        let shape = |p: &Picture| (p.width(), p.height(), p.frames.len(), p.delays.iter().sum::<Duration>());
        let (ours, wanted) = (shape(result), shape(reference));
        let joined = wanted.2 > 1 && ours.3 == wanted.3;
        if (ours.0, ours.1) != (wanted.0, wanted.1) || (ours.2 != wanted.2 && !joined) {
            bail!("the result is {ours:?} where the reference is {wanted:?}");
        }
        let pairs = reference.frames.iter().enumerate().map(|(index, frame)| {
            let shown =
                if ours.2 == wanted.2 { &result.frames[index] } else { shown(result, middle(reference, index)) };
            (shown, frame)
        });
        let scores = pairs.map(|(result, reference)| of_frame(result, reference)).collect::<Result<Vec<_>>>()?;
        let mean = |value: fn(&Self) -> Option<f64>| {
            let known: Vec<f64> = scores.iter().filter_map(value).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        Ok(Self {
            psnr_db: mean(|score| score.psnr_db),
            ssim: mean(|score| score.ssim),
            ssimulacra2: mean(|score| score.ssimulacra2),
        })
    }
}

/// The middle of the time for which a frame is shown, from the animation's start.
fn middle(animation: &Picture, index: usize) -> Duration {
    animation.delays[..index].iter().sum::<Duration>() + animation.delays[index] / 2
}

/// The frame that is shown at that time.
fn shown(animation: &Picture, at: Duration) -> &RgbaImage {
    let mut until = Duration::ZERO;
    let index = animation.delays.iter().position(|delay| {
        until += *delay;
        at < until
    });
    &animation.frames[index.unwrap_or(animation.frames.len() - 1)]
}

fn of_frame(result: &RgbaImage, reference: &RgbaImage) -> Result<Quality> {
    let opaque = result.pixels().chain(reference.pixels()).all(|pixel| pixel[3] == 255);
    let on = |ground: f32| of_flat(&flat(result, ground), &flat(reference, ground), result.dimensions());
    let black = on(0.0)?;
    if opaque {
        return Ok(black);
    }
    let white = on(255.0)?;
    let worse = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b)).or(a).or(b);
    Ok(Quality {
        psnr_db: worse(black.psnr_db, white.psnr_db),
        ssim: worse(black.ssim, white.ssim),
        ssimulacra2: worse(black.ssimulacra2, white.ssimulacra2),
    })
}

fn of_flat(result: &[[f32; 3]], reference: &[[f32; 3]], (width, height): (u32, u32)) -> Result<Quality> {
    let (a, b) = (luma(result), luma(reference));
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    let psnr_db = (squares > 0.0).then(|| 10.0 * (255.0 * 255.0 * a.len() as f64 / squares).log10());
    let ssimulacra2 = if width < 8 || height < 8 {
        None
    } else {
        Some(compute_frame_ssimulacra2(rgb(reference, width, height)?, rgb(result, width, height)?)?)
    };
    Ok(Quality { psnr_db, ssim: ssim(&a, &b, width as usize), ssimulacra2 })
}

/// The picture on an opaque grey, 0 to 255.
fn flat(picture: &RgbaImage, ground: f32) -> Vec<[f32; 3]> {
    let pixel = |pixel: &[u8]| {
        let alpha = f32::from(pixel[3]) / 255.0;
        [0, 1, 2].map(|channel| f32::from(pixel[channel]) * alpha + ground * (1.0 - alpha))
    };
    picture.as_raw().chunks_exact(4).map(pixel).collect()
}

fn luma(pixels: &[[f32; 3]]) -> Vec<f64> {
    pixels.iter().map(|p| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2])).collect()
}

fn rgb(pixels: &[[f32; 3]], width: u32, height: u32) -> Result<Rgb> {
    let data = pixels.iter().map(|pixel| pixel.map(|value| value / 255.0)).collect();
    Rgb::new(data, width as usize, height as usize, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
        .map_err(|error| anyhow::anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
    use lightmill_testkit::{ImageFormat, generate};

    use super::*;

    #[test]
    fn equal_pictures_score_best() {
        let photo = Picture::still(generate::photo(64, 48));
        let score = Quality::of(&photo, &photo).unwrap();
        assert_eq!(score.psnr_db, None);
        assert!((score.ssim.unwrap() - 1.0).abs() < 1e-9 && (score.ssimulacra2.unwrap() - 100.0).abs() < 1e-6);
    }

    #[test]
    fn a_compressed_picture_scores_less_in_every_way() {
        let photo = generate::photo(64, 48);
        let jpeg = Picture::decode(&generate::encode(&photo, ImageFormat::Jpeg).unwrap()).unwrap();
        let score = Quality::of(&jpeg, &Picture::still(photo)).unwrap();
        assert!(score.psnr_db.unwrap() < 60.0 && score.ssim.unwrap() < 1.0 && score.ssimulacra2.unwrap() < 99.0);
    }

    #[test]
    fn joined_frames_are_compared_by_time() {
        let film = |frames: &[u32], delays: &[u64]| Picture {
            frames: frames.iter().map(|width| generate::photo(16, *width)).collect::<Vec<_>>(),
            delays: delays.iter().map(|delay| Duration::from_millis(*delay)).collect(),
            ..Picture::still(RgbaImage::new(1, 1))
        };
        let mut original = film(&[16, 16, 16], &[50, 50, 60]);
        original.frames[2] = generate::noise(16, 16, 1);
        let mut joined = film(&[16, 16], &[100, 60]);
        joined.frames[1] = generate::noise(16, 16, 1);
        assert_eq!(Quality::of(&joined, &original).unwrap().psnr_db, None);
        joined.delays[1] = Duration::from_millis(70);
        assert!(Quality::of(&joined, &original).is_err(), "another length is another animation");
    }

    #[test]
    fn transparency_is_seen_on_the_worse_ground() {
        let white = Picture::still(RgbaImage::from_pixel(16, 16, [255; 4].into()));
        let clear = Picture::still(RgbaImage::from_pixel(16, 16, [255, 255, 255, 0].into()));
        assert_eq!(Quality::of(&clear, &white).unwrap().psnr_db, Some(0.0));
        assert!(Quality::of(&clear, &Picture::still(generate::photo(16, 15))).is_err());
    }
}
