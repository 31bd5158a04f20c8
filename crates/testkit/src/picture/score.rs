use image::RgbaImage;

use super::Picture;

/// How far two pictures of one size are apart, over premultiplied colour and alpha of 8 bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Peak signal-to-noise ratio in dB over all channels of the worst frame; infinite for equal pictures.
    pub psnr: f64,
    /// The largest difference of any channel of any pixel.
    pub largest: u8,
}

impl Score {
    /// The score of two pictures; `None` if their sizes or numbers of frames differ.
    pub fn of(a: &Picture, b: &Picture) -> Option<Self> {
        if a.frames.len() != b.frames.len() {
            return None;
        }
        let scores: Option<Vec<Self>> = a.frames.iter().zip(&b.frames).map(|(a, b)| Self::of_frames(a, b)).collect();
        scores?.into_iter().reduce(|a, b| Self { psnr: a.psnr.min(b.psnr), largest: a.largest.max(b.largest) })
    }

    /// The score of two frames; `None` if their sizes differ.
    pub fn of_frames(a: &RgbaImage, b: &RgbaImage) -> Option<Self> {
        if a.dimensions() != b.dimensions() {
            return None;
        }
        let (mut squares, mut largest) = (0_u64, 0_u8);
        for (a, b) in a.pixels().zip(b.pixels()) {
            for (a, b) in premultiplied(a.0).into_iter().zip(premultiplied(b.0)) {
                let difference = a.abs_diff(b);
                largest = largest.max(difference);
                squares += u64::from(difference).pow(2);
            }
        }
        // Opaque pictures are scored over their three colours, so that an alpha that never differs flatters nothing.
        let opaque = a.pixels().chain(b.pixels()).all(|pixel| pixel[3] == 255);
        let samples = a.pixels().len() * if opaque { 3 } else { 4 };
        let mean = squares as f64 / samples as f64;
        Some(Self { psnr: 10.0 * (255.0 * 255.0 / mean).log10(), largest })
    }
}

/// What lies under a transparent pixel is seen by nobody.
fn premultiplied([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    let times = |value: u8| ((u16::from(value) * u16::from(alpha) + 127) / 255) as u8;
    [times(red), times(green), times(blue), alpha]
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn known_scores() {
        let black = RgbaImage::from_pixel(4, 4, Rgba([0, 0, 0, 255]));
        let grey = RgbaImage::from_pixel(4, 4, Rgba([1, 1, 1, 255]));
        let score = Score::of_frames(&black, &grey).unwrap();
        assert!((score.psnr - 48.13).abs() < 0.01 && score.largest == 1);
        assert_eq!(Score::of_frames(&black, &black), Some(Score { psnr: f64::INFINITY, largest: 0 }));
        assert_eq!(Score::of_frames(&black, &RgbaImage::new(4, 3)), None);
    }

    #[test]
    fn hidden_colour_does_not_count() {
        let a = RgbaImage::from_pixel(2, 2, Rgba([255, 0, 0, 0]));
        let b = RgbaImage::from_pixel(2, 2, Rgba([0, 255, 0, 0]));
        assert_eq!(Score::of_frames(&a, &b).unwrap().largest, 0);
    }
}
