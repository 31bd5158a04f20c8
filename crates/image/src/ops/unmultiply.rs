use crate::{Layout, Picture};

/// Straight alpha from colours that were multiplied by it; other layouts than RGBA stay as they are.
pub fn unmultiply(picture: &mut Picture) {
    if picture.layout() != Layout::Rgba {
        return;
    }
    for y in 0..picture.size().height {
        for [r, g, b, alpha] in picture.row_mut(y).as_chunks_mut::<4>().0 {
            let alpha = u32::from(*alpha);
            if alpha > 0 && alpha < 255 {
                for value in [r, g, b] {
                    *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn colours_come_back() {
        let data = vec![50, 25, 0, 128, 9, 9, 9, 0, 7, 7, 7, 255, 200, 0, 0, 100];
        let mut picture = Picture::interleaved(Size::new(4, 1), Layout::Rgba, data).unwrap();
        unmultiply(&mut picture);
        assert_eq!(picture.row(0), [100, 50, 0, 128, 9, 9, 9, 0, 7, 7, 7, 255, 255, 0, 0, 100]);
    }
}
