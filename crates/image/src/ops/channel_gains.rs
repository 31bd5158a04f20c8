use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Red, green, blue and alpha multiplied by these factors, cut to whole numbers and clamped.
///
/// RGB and RGBA keep their layout, the others become RGB, of which the factor of alpha is of no effect; 16 bits become 8.
pub fn channel_gains(picture: Picture, gains: [f64; 4], cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = if picture.layout() == Layout::Rgba { picture } else { convert(picture, Layout::Rgb)? };
    // Float casts cut and saturate.
    let tables = gains.map(|gain| -> [u8; 256] { std::array::from_fn(|sample| (sample as f64 * gain + 1e-6) as u8) });
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            pixel.iter_mut().zip(&tables).for_each(|(sample, table)| *sample = table[usize::from(*sample)]);
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn each_channel_has_its_factor() {
        let picture = Picture::solid(Size::new(1, 1), [10, 20, 30, 40]);
        let made = channel_gains(picture, [1.0, 0.55, 99.0, 0.5], &Cancel::default()).unwrap();
        assert_eq!(made.row(0), [10, 11, 255, 20]);
    }
}
