use super::convert;
use super::srgb::{LUMINANCE, TABLES};
use crate::{Error, Layout, Picture};

/// Each colour replaced by the grey of the same luminance: 0.2126 R + 0.7152 G + 0.0722 B in linear light, encoded as
/// sRGB, which is libvips' `b-w`. Alpha stays.
///
/// RGB and RGBA keep their layout with three equal channels; grey stays as it is; YCbCr becomes RGB.
pub fn greyscale(picture: Picture) -> Result<Picture, Error> {
    let mut picture = match picture.layout() {
        Layout::Grey => return Ok(picture),
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        Layout::Rgb | Layout::Rgba => picture,
    };
    let tables = &*TABLES;
    let weighted: [[f32; 256]; 3] =
        LUMINANCE.map(|weight| std::array::from_fn(|sample| weight * tables.linear(sample as u8)));
    let channels = picture.layout().channels();
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
}
