use super::narrow;
use crate::{Layout, Picture};

/// Weights of ITU-R BT.601 in units of 1/65536, as Pillow rounds them.
const WEIGHTS: [u32; 3] = [19_595, 38_470, 7_471];

/// Each colour replaced by the grey of its luma, 0.299 R + 0.587 G + 0.114 B, rounded to nearest. Alpha stays.
///
/// RGB and RGBA keep their layout with three equal channels, grey stays as it is, 16 bits become 8. `YCbCr` keeps its
/// luma, which is this one (JFIF 1.02).
pub fn luma(picture: Picture) -> Picture {
    let mut picture = narrow(picture);
    match picture.layout() {
        Layout::YCbCr(_) => {
            for plane in picture.planes_mut().iter_mut().skip(1) {
                plane.data.fill(128);
            }
        }
        Layout::Rgb | Layout::Rgba => {
            let channels = picture.layout().channels();
            for y in 0..picture.size().height {
                for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
                    if let [r, g, b, ..] = pixel {
                        let [red, green, blue] = [*r, *g, *b].map(u32::from);
                        let sum = red * WEIGHTS[0] + green * WEIGHTS[1] + blue * WEIGHTS[2];
                        let grey = ((sum + (1 << 15)) >> 16) as u8;
                        (*r, *g, *b) = (grey, grey, grey);
                    }
                }
            }
        }
        _ => {}
    }
    picture
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::{Subsampling, ops::convert};

    #[test]
    fn weights_are_those_of_bt_601() {
        let pixels = vec![255, 0, 0, 9, 0, 255, 0, 8, 0, 0, 255, 7, 10, 20, 30, 6];
        let made = luma(Picture::interleaved(Size::new(4, 1), Layout::Rgba, pixels).unwrap());
        assert_eq!(made.row(0), [76, 76, 76, 9, 150, 150, 150, 8, 29, 29, 29, 7, 18, 18, 18, 6]);
    }

    #[test]
    fn planes_keep_their_luma() {
        let mut picture = Picture::blank(Size::new(4, 2), Layout::YCbCr(Subsampling::S420));
        picture.planes_mut()[0].data.fill(77);
        let made = convert(luma(picture), Layout::Rgb).unwrap();
        assert!(made.planes()[0].data.iter().all(|sample| *sample == 77));
    }
}
