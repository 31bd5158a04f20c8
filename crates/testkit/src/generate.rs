//! Pictures and hostile files, the same ones every time.

use std::{io::Cursor, time::Duration};

use anyhow::Result;
use image::{
    Delay, DynamicImage, Frame, ImageFormat, Rgba, RgbaImage,
    codecs::gif::{GifEncoder, Repeat},
};

/// A reproducible sequence of numbers (`SplitMix64`; Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number below `bound`, which is 1 or more.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.number() % bound as u64) as usize
    }
}

/// Opaque pixels without any pattern, which no codec can shrink.
pub fn noise(width: u32, height: u32, seed: u64) -> RgbaImage {
    let mut random = Random::new(seed);
    RgbaImage::from_fn(width, height, |_, _| {
        let [red, green, blue, ..] = random.number().to_le_bytes();
        Rgba([red, green, blue, 255])
    })
}

/// Opaque gradients with a few sharp edges: as smooth as a photo, and no two corners alike.
pub fn photo(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (across, down) = (x as f32 / width as f32, y as f32 / height as f32);
        let ring = ((across - 0.4).hypot(down - 0.6) * 24.0).sin();
        let edge = if across + down > 1.2 { 40.0 } else { 0.0 };
        let channel = |value: f32| (value + edge).clamp(0.0, 255.0) as u8;
        Rgba([channel(200.0 * across + 10.0), channel(180.0 * down + 20.0), channel(90.0 + 60.0 * ring), 255])
    })
}

/// The same with alpha falling from the upper left to the lower right.
pub fn translucent(width: u32, height: u32) -> RgbaImage {
    let mut picture = photo(width, height);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        pixel[3] = 255 - (255 * u64::from(x + y) / u64::from(width + height)) as u8;
    }
    picture
}

/// A file of a picture. JPEG drops the alpha channel; WebP is lossless.
pub fn encode(picture: &RgbaImage, format: ImageFormat) -> Result<Vec<u8>> {
    let picture = match format {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(picture.clone()).to_rgb8()),
        _ => DynamicImage::ImageRgba8(picture.clone()),
    };
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// A GIF of `count` frames of different noise, 50 ms each, repeated for ever.
pub fn animation(width: u32, height: u32, count: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Infinite)?;
    for seed in 0..count {
        let delay = Delay::from_saturating_duration(Duration::from_millis(50));
        encoder.encode_frame(Frame::from_parts(noise(width, height, seed), 0, 0, delay))?;
    }
    drop(encoder);
    Ok(bytes)
}

/// A PNG of one bit a pixel, all black: some kilobytes that say they are `width`×`height` pixels.
///
/// It is complete and valid, so that only limits keep a reader from decoding it.
pub fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[1, 0, 0, 0, 0]);
    let row = 1 + width.div_ceil(8) as u64;
    let data = zlib_of_zeros(row * u64::from(height));
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", &header), (b"IDAT", &data), (b"IEND", &Vec::new())] {
        file.extend_from_slice(&(content.len() as u32).to_be_bytes());
        file.extend_from_slice(name);
        file.extend_from_slice(content);
        file.extend_from_slice(&crc32(&[&name[..], content]).to_be_bytes());
    }
    file
}

/// A zlib stream (RFC 1950) of `count` zero bytes, as one block of fixed Huffman codes (RFC 1951, section 3.2.6): a
/// literal zero, then copies of 258 bytes from one byte back.
fn zlib_of_zeros(count: u64) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    let (copies, literals) = if count == 0 { (0, 0) } else { ((count - 1) / 258, 1 + (count - 1) % 258) };
    for _ in 0..literals {
        bits.push_code(0b0011_0000, 8);
    }
    for _ in 0..copies {
        bits.push_code(0b1100_0101, 8);
        bits.push_code(0, 5);
    }
    bits.push_code(0, 7);
    let mut stream = vec![0x78, 0x9C];
    stream.extend_from_slice(&bits.bytes());
    // Adler-32 of zeros: the low half stays 1, the high half counts the bytes.
    let adler = ((count % 65_521) << 16) as u32 | 1;
    stream.extend_from_slice(&adler.to_be_bytes());
    stream
}

/// Bits as deflate packs them: from the least significant end of each byte.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Huffman codes start at their most significant bit.
    fn push_code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.push(code >> bit & 1, 1);
        }
    }

    fn bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// CRC-32 of the parts one after the other (PNG third edition, annex D).
fn crc32(parts: &[&[u8]]) -> u32 {
    let mut crc = u32::MAX;
    for byte in parts.iter().copied().flatten() {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;

    #[test]
    fn a_small_bomb_is_a_valid_picture() {
        for (width, height) in [(1, 1), (100, 70), (300, 257)] {
            let picture = Picture::decode(&png_bomb(width, height)).unwrap();
            assert_eq!((picture.width(), picture.height()), (width, height));
            assert_eq!(picture.pixel(width - 1, height - 1), Some([0, 0, 0, 255]));
        }
        assert!(png_bomb(10_000, 10_000).len() < 100_000);
    }

    #[test]
    fn animations_have_their_frames() {
        let picture = Picture::decode(&animation(8, 6, 3).unwrap()).unwrap();
        assert_eq!(picture.frames.len(), 3);
        assert_eq!(picture.delays, [Duration::from_millis(50); 3]);
    }

    #[test]
    fn the_same_every_time() {
        assert_eq!(noise(3, 3, 1), noise(3, 3, 1));
        assert_ne!(noise(3, 3, 1), noise(3, 3, 2));
        assert_eq!(translucent(10, 10).get_pixel(0, 0)[3], 255);
        assert!(translucent(10, 10).get_pixel(9, 9)[3] < 40);
    }
}
