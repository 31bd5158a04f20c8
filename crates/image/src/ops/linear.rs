use lightmill_recipe::Linear;

use super::convert;
use crate::{Error, Layout, Picture};

/// gain·v + offset on red, green and blue, rounded half up and clamped to 0 to 255; alpha stays.
///
/// Grey, RGB and RGBA keep their layout. So does YCbCr if no colour can leave the range of samples; luma is then scaled as
/// a colour is, and chroma around its middle. Otherwise it becomes RGB.
pub fn linear(picture: Picture, linear: Linear) -> Result<Picture, Error> {
    let mut picture = match picture.layout() {
        Layout::YCbCr(_) if stays_within(linear) => return Ok(on_planes(picture, linear)),
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let table = table(linear);
    let coloured = if picture.layout().has_alpha() { 3 } else { picture.layout().channels() };
    for y in 0..picture.size().height {
        let channels = picture.layout().channels();
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            for sample in &mut pixel[..coloured] {
                *sample = table[usize::from(*sample)];
            }
        }
    }
    Ok(picture)
}

/// Whether no colour can leave the range of samples, so that it does not matter whether colours or planes are clamped.
pub fn stays_within(Linear { gain, offset }: Linear) -> bool {
    gain >= 0.0 && offset >= 0.0 && gain * 255.0 + offset <= 255.0
}

fn on_planes(mut picture: Picture, Linear { gain, offset }: Linear) -> Picture {
    let chroma = table(Linear { gain, offset: 128.0 - 128.0 * gain });
    let tables = [table(Linear { gain, offset }), chroma, chroma];
    for (plane, table) in picture.planes_mut().iter_mut().zip(tables) {
        for sample in &mut plane.data {
            *sample = table[usize::from(*sample)];
        }
    }
    picture
}

fn table(Linear { gain, offset }: Linear) -> [u8; 256] {
    // A float cast saturates, and NaN becomes 0.
    std::array::from_fn(|value| (f64::from(gain) * value as f64 + f64::from(offset) + 0.5).floor() as u8)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Subsampling;

    #[test]
    fn rounds_half_up_and_clamps() {
        let double = table(Linear { gain: 1.5, offset: 0.0 });
        assert_eq!((double[1], double[2], double[3], double[200]), (2, 3, 5, 255));
        let darker = table(Linear { gain: 1.0, offset: -10.0 });
        assert_eq!((darker[0], darker[10], darker[11]), (0, 0, 1));
        let odd = table(Linear { gain: f32::NAN, offset: f32::INFINITY });
        assert_eq!(odd, [0; 256]);
    }

    #[test]
    fn planes_agree_with_rgb() {
        let size = Size::new(32, 8);
        let data = (0..size.pixels().0 * 3).map(|i| (i * i % 256) as u8).collect();
        let rgb = Picture::interleaved(size, Layout::Rgb, data).unwrap();
        let planes = convert(rgb.clone(), Layout::YCbCr(Subsampling::S444)).unwrap();
        for (gain, offset) in [(0.5, 64.0), (0.9, 0.0), (0.25, 100.0), (0.0, 30.0), (1.0, 0.0)] {
            let wish = Linear { gain, offset };
            let made = linear(planes.clone(), wish).unwrap();
            assert_eq!(made.layout(), planes.layout());
            let made = convert(made, Layout::Rgb).unwrap();
            let exact = linear(rgb.clone(), wish).unwrap();
            for (made, exact) in made.planes()[0].data.iter().zip(&exact.planes()[0].data) {
                assert!(made.abs_diff(*exact) <= 2, "{gain} {offset}: {made} {exact}");
            }
        }
        assert_eq!(linear(planes, Linear { gain: 1.1, offset: 0.0 }).unwrap().layout(), Layout::Rgb);
    }

    #[test]
    fn alpha_stays() {
        let picture = Picture::solid(Size::new(3, 2), [10, 20, 30, 40]);
        let made = linear(picture, Linear { gain: 2.0, offset: 1.0 }).unwrap();
        assert_eq!(made.row(1)[8..], [21, 41, 61, 40]);
        let grey = Picture::interleaved(Size::new(2, 1), Layout::Grey, vec![5, 250]).unwrap();
        assert_eq!(linear(grey, Linear { gain: 1.0, offset: 10.0 }).unwrap().row(0), [15, 255]);
    }
}
