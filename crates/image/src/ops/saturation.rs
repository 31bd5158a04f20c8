use lightmill_recipe::Saturation;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Colours stronger or weaker around a grey of the same perceived brightness p = √(0.299·r² + 0.587·g² + 0.114·b²): each
/// channel becomes p + (c − p)·factor, cut to a whole number and clamped; alpha stays.
///
/// Grey stays as it is, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8.
pub fn saturate(picture: Picture, saturation: Saturation, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = match picture.layout() {
        Layout::Grey => return Ok(picture),
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let factor = f64::from(saturation.factor);
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            let colour = [f64::from(pixel[0]), f64::from(pixel[1]), f64::from(pixel[2])];
            let [r, g, b] = colour.map(|channel| channel * channel);
            let grey = (r * 0.299 + g * 0.587 + b * 0.114).sqrt();
            for (sample, channel) in pixel.iter_mut().zip(colour) {
                // Float casts cut and saturate.
                *sample = (grey + (channel - grey) * factor) as u8;
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
    fn channels_move_around_perceived_brightness() {
        let made = |factor| {
            let picture = Picture::solid(Size::new(1, 1), [200, 100, 50, 40]);
            saturate(picture, Saturation { factor }, &Cancel::default()).unwrap().row(0).to_vec()
        };
        // p = √(0.299·40000 + 0.587·10000 + 0.114·2500) = √18115 = 134.59…
        assert_eq!(made(0.0), [134, 134, 134, 40]);
        assert_eq!(made(2.0), [255, 65, 0, 40]);
        assert_eq!(made(f32::NAN), [0, 0, 0, 40]);
    }
}
