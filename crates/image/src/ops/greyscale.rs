use super::convert;
use super::srgb::{LUMINANCE, TABLES, WIDE_TABLES};
use crate::{Error, Layout, Picture};

/// Each colour replaced by the grey of the same luminance: 0.2126 R + 0.7152 G + 0.0722 B in linear light, encoded as
/// sRGB, which is libvips' `b-w`. Alpha stays.
///
/// RGB and RGBA keep their layout with three equal channels; grey stays as it is; YCbCr becomes RGB.
pub fn greyscale(picture: Picture) -> Result<Picture, Error> {
    let mut picture = match picture.layout() {
        Layout::Grey | Layout::Grey16 => return Ok(picture),
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        Layout::Rgb | Layout::Rgba | Layout::Rgb16 | Layout::Rgba16 => picture,
    };
    let channels = picture.layout().channels();
    if picture.layout().is_wide() {
        let tables = &*WIDE_TABLES;
        for y in 0..picture.size().height {
            for pixel in picture.row_mut(y).as_chunks_mut::<2>().0.chunks_exact_mut(channels) {
                if let [r, g, b, ..] = pixel {
                    let parts = [*r, *g, *b].map(|sample| tables.linear(u16::from_ne_bytes(sample)));
                    let light = parts.iter().zip(LUMINANCE).map(|(part, weight)| part * weight).sum();
                    let grey = tables.encode(light).to_ne_bytes();
                    (*r, *g, *b) = (grey, grey, grey);
                }
            }
        }
        return Ok(picture);
    }
    let tables = &*TABLES;
    let weighted: [[f32; 256]; 3] =
        LUMINANCE.map(|weight| std::array::from_fn(|sample| weight * tables.linear(sample as u8)));
    for y in 0..picture.size().height {
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            if let [r, g, b, ..] = pixel {
                let light = weighted[0][usize::from(*r)] + weighted[1][usize::from(*g)] + weighted[2][usize::from(*b)];
                let grey = tables.encode(light);
                (*r, *g, *b) = (grey, grey, grey);
            }
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn greys_stay_and_colours_have_their_luminance() {
        let greys = (0..=255).flat_map(|v| [v, v, v, 77]).collect();
        let picture = Picture::interleaved(Size::new(256, 1), Layout::Rgba, greys).unwrap();
        assert_eq!(greyscale(picture.clone()).unwrap(), picture);
        let pixels = vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0];
        let made = greyscale(Picture::interleaved(Size::new(4, 1), Layout::Rgb, pixels).unwrap()).unwrap();
        // 255 · encode(weight): computed from IEC 61966-2-1.
        assert_eq!(made.row(0), [127, 127, 127, 220, 220, 220, 76, 76, 76, 0, 0, 0]);
    }

    #[test]
    fn wide_pictures_have_the_same_luminance() {
        let samples: Vec<u16> = (0..=u16::MAX).step_by(251).flat_map(|v| [v, v, v]).collect();
        let data: Vec<u8> = samples.iter().flat_map(|v| v.to_ne_bytes()).collect();
        let picture = Picture::interleaved(Size::new(samples.len() as u32 / 3, 1), Layout::Rgb16, data).unwrap();
        let greys = greyscale(picture.clone()).unwrap();
        for (made, given) in greys.row(0).as_chunks::<2>().0.iter().zip(&samples) {
            assert!(u16::from_ne_bytes(*made).abs_diff(*given) <= 1, "{given}");
        }
        let red = [65_535u16, 0, 0].map(u16::to_ne_bytes).concat();
        let made = greyscale(Picture::interleaved(Size::new(1, 1), Layout::Rgb16, red).unwrap()).unwrap();
        // 65535 · encode(0.2126), computed from IEC 61966-2-1.
        assert!(u16::from_ne_bytes([made.row(0)[0], made.row(0)[1]]).abs_diff(32_665) <= 1);
    }
}
