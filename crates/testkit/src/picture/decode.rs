use std::{io::Cursor, time::Duration};

use anyhow::{Context, Result, bail};
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, RgbaImage,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
};

/// A decoded file: every frame as interleaved RGBA of 8 bits, straight alpha, on the whole canvas.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What the file is.
    pub format: ImageFormat,
    /// Whether it can be transparent: an alpha channel, or for GIF any transparent pixel.
    pub has_alpha: bool,
    /// Whether it is a progressive JPEG.
    pub progressive: bool,
    /// One or more, all of one size.
    pub frames: Vec<RgbaImage>,
    /// How long each frame stays; empty for formats without animation.
    pub delays: Vec<Duration>,
}

impl Picture {
    /// Decodes a file of whatever format its first bytes say.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let format = image::guess_format(bytes).context("no known picture format")?;
        let mut picture = Self { format, has_alpha: false, progressive: false, frames: Vec::new(), delays: Vec::new() };
        match format {
            ImageFormat::Gif => {
                picture.animate(GifDecoder::new(Cursor::new(bytes))?)?;
                picture.has_alpha = picture.frames.iter().any(|frame| frame.pixels().any(|pixel| pixel[3] < 255));
            }
            ImageFormat::WebP => {
                let decoder = WebPDecoder::new(Cursor::new(bytes))?;
                picture.has_alpha = decoder.color_type().has_alpha();
                if decoder.has_animation() {
                    picture.animate(decoder)?;
                } else {
                    picture.frames.push(DynamicImage::from_decoder(decoder)?.to_rgba8());
                }
            }
            ImageFormat::Png => {
                let decoder = PngDecoder::new(Cursor::new(bytes))?;
                picture.has_alpha = decoder.color_type().has_alpha();
                picture.frames.push(DynamicImage::from_decoder(decoder)?.to_rgba8());
            }
            _ => {
                let still = image::load_from_memory_with_format(bytes, format)?;
                picture.has_alpha = still.color().has_alpha();
                picture.frames.push(still.to_rgba8());
                picture.progressive = format == ImageFormat::Jpeg && is_progressive(bytes);
            }
        }
        if picture.frames.is_empty() {
            bail!("no frame");
        }
        Ok(picture)
    }

    /// A picture of one frame that was never a file.
    pub fn still(frame: RgbaImage) -> Self {
        Self { format: ImageFormat::Png, has_alpha: true, progressive: false, frames: vec![frame], delays: Vec::new() }
    }

    fn animate<'a>(&mut self, decoder: impl AnimationDecoder<'a>) -> Result<()> {
        for frame in decoder.into_frames() {
            let frame = frame?;
            self.delays.push(frame.delay().into());
            self.frames.push(frame.into_buffer());
        }
        Ok(())
    }

    /// The first frame.
    pub fn first(&self) -> &RgbaImage {
        &self.frames[0]
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.first().width()
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.first().height()
    }

    /// Red, green, blue and alpha of a pixel of the first frame, if it lies inside.
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        self.first().get_pixel_checked(x, y).map(|pixel| pixel.0)
    }

    /// The mean of each channel over the first frame, transparent pixels included.
    pub fn mean(&self) -> [f64; 4] {
        let mut sums = [0_u64; 4];
        for pixel in self.first().pixels() {
            for (sum, value) in sums.iter_mut().zip(pixel.0) {
                *sum += u64::from(value);
            }
        }
        let count = u64::from(self.width()) * u64::from(self.height());
        sums.map(|sum| sum as f64 / count as f64)
    }
}

/// Whether the frame header of a JPEG is SOF2 (ITU-T T.81, table B.1).
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xC2 => return true,
            0xC0 | 0xC1 | 0xDA => return false,
            0xFF => at += 1,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate;

    #[test]
    fn files_tell_what_they_are() {
        let photo = generate::photo(40, 30);
        for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Gif] {
            let picture = Picture::decode(&generate::encode(&photo, format).unwrap()).unwrap();
            assert_eq!((picture.format, picture.width(), picture.height()), (format, 40, 30));
            assert_eq!(picture.frames.len(), 1, "{format:?}");
            if format != ImageFormat::Gif {
                assert_eq!(picture.first().as_raw(), photo.as_raw(), "{format:?}");
            }
        }
        let jpeg = Picture::decode(&generate::encode(&photo, ImageFormat::Jpeg).unwrap()).unwrap();
        assert!(!jpeg.progressive && !jpeg.has_alpha);
        assert!(Picture::decode(b"text").is_err());
    }
}
