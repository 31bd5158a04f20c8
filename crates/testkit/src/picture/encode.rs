use anyhow::Result;
use image::{
    DynamicImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use super::Picture;

impl Picture {
    /// The first frame as a PNG that is small enough to be kept: grey or RGB where that holds all of it.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let rgba = DynamicImage::ImageRgba8(self.first().clone());
        let opaque = self.first().pixels().all(|pixel| pixel[3] == 255);
        let grey = self.first().pixels().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        let smallest = match (opaque, grey) {
            (true, true) => DynamicImage::ImageLuma8(rgba.to_luma8()),
            (true, false) => DynamicImage::ImageRgb8(rgba.to_rgb8()),
            (false, true) => DynamicImage::ImageLumaA8(rgba.to_luma_alpha8()),
            (false, false) => rgba,
        };
        let mut bytes = Vec::new();
        smallest.write_with_encoder(PngEncoder::new_with_quality(
            &mut bytes,
            CompressionType::Best,
            FilterType::Adaptive,
        ))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use image::RgbaImage;

    use super::*;
    use crate::generate;

    #[test]
    fn nothing_is_lost_and_little_is_kept() {
        let grey = RgbaImage::from_fn(9, 7, |x, y| {
            let value = (x * 9 + y) as u8;
            [value, value, value, 200].into()
        });
        for frame in [generate::photo(30, 20), generate::translucent(30, 20), grey] {
            let png = Picture::still(frame.clone()).to_png().unwrap();
            assert_eq!(Picture::decode(&png).unwrap().first(), &frame);
        }
        let flat = Picture::still(RgbaImage::from_pixel(64, 64, [7, 7, 7, 255].into())).to_png().unwrap();
        assert!(flat.len() < 120, "{}", flat.len());
    }
}
