use lightmill_recipe::Linear;

use super::convert;
use crate::{Error, Layout, Picture};

/// gain·v + offset on red, green and blue in units of 8-bit samples, rounded half up and clamped to 0 to 255; alpha
/// stays.
///
/// Grey, RGB and RGBA keep their layout and depth. So does YCbCr if no colour can leave the range of samples; luma is then scaled as
/// a colour is, and chroma around its middle. Otherwise it becomes RGB.
pub fn linear(picture: Picture, linear: Linear) -> Result<Picture, Error> {
    let mut picture = match picture.layout() {
        Layout::YCbCr(_) if stays_within(linear) => return Ok(on_planes(picture, linear)),
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let channels = picture.layout().channels();
    let coloured = if picture.layout().has_alpha() { 3 } else { channels };
    if picture.layout().is_wide() {
        for y in 0..picture.size().height {
            for pixel in picture.row_mut(y).as_chunks_mut::<2>().0.chunks_exact_mut(channels) {
                for sample in &mut pixel[..coloured] {
                    *sample = wide(u16::from_ne_bytes(*sample), linear).to_ne_bytes();
                }
            }
        }
        return Ok(picture);
    }
    let table = table(linear);
    for y in 0..picture.size().height {
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            for sample in &mut pixel[..coloured] {
                *sample = table[usize::from(*sample)];
            }
        }
    }
    Ok(picture)
}

/// The same on one sample of 16 bits, whose unit is 1/257.
fn wide(sample: u16, Linear { gain, offset }: Linear) -> u16 {
    (f64::from(gain) * f64::from(sample) + f64::from(offset) * 257.0 + 0.5).floor() as u16
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

    #[test]
    fn wide_samples_have_the_same_unit() {
        let adjustment = Linear { gain: 1.5, offset: -10.0 };
        for value in 0..=255u8 {
            let made = wide(u16::from(value) * 257, adjustment);
            assert!((f64::from(made) / 257.0 - f64::from(table(adjustment)[usize::from(value)])).abs() <= 0.51);
        }
        let picture = Picture::interleaved(Size::new(1, 1), Layout::Rgba16, [100u16; 4].map(u16::to_ne_bytes).concat());
        let made = linear(picture.unwrap(), Linear { gain: 2.0, offset: 1.0 }).unwrap();
        assert_eq!(made.row(0), [457u16, 457, 457, 100].map(u16::to_ne_bytes).concat());
    }
}
