use crate::{Layout, Picture};

/// The picture with samples of 8 bits, each rounded to the nearest: v · 255 / 65535 (PNG third edition, section
/// 13.12). Narrow pictures stay as they are.
pub fn narrow(picture: Picture) -> Picture {
    let layout = picture.layout().narrowed();
    if layout == picture.layout() {
        return picture;
    }
    change(&picture, layout, |from, to| {
        for (to, from) in to.iter_mut().zip(from.as_chunks::<2>().0) {
            *to = to_eight_bits(u16::from_ne_bytes(*from));
        }
    })
}

/// The picture with samples of 16 bits: v · 257, so that white stays white. Wide and planar pictures stay as they are.
pub fn widen(picture: Picture) -> Picture {
    let layout = picture.layout().widened();
    if layout == picture.layout() {
        return picture;
    }
    change(&picture, layout, |from, to| {
        for (to, from) in to.as_chunks_mut::<2>().0.iter_mut().zip(from) {
            *to = [*from; 2];
        }
    })
}

/// The nearest 8-bit value.
pub const fn to_eight_bits(sample: u16) -> u8 {
    ((sample as u32 * 255 + 32_895) >> 16) as u8
}

fn change(picture: &Picture, layout: Layout, row: impl Fn(&[u8], &mut [u8])) -> Picture {
    let mut result = Picture::blank(picture.size(), layout).with_icc(picture.icc.clone());
    for y in 0..picture.size().height {
        row(picture.row(y), result.row_mut(y));
    }
    result
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn rounding_is_to_the_nearest() {
        for sample in 0..=u16::MAX {
            assert_eq!(u32::from(to_eight_bits(sample)), (u32::from(sample) * 255 + 32_767) / 65_535);
        }
    }

    #[test]
    fn eight_bits_survive_the_way_there_and_back() {
        for layout in [Layout::Grey, Layout::Rgb, Layout::Rgba] {
            let data: Vec<u8> = (0..=255).cycle().take(64 * layout.channels()).collect();
            let picture = Picture::interleaved(Size::new(8, 8), layout, data).unwrap();
            let wide = widen(picture.clone());
            assert_eq!(wide.layout(), layout.widened());
            assert_eq!(narrow(wide.clone()), picture);
            assert_eq!(widen(wide.clone()), wide);
            assert_eq!(narrow(picture.clone()), picture);
        }
    }
}
