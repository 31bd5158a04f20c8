use super::convert;
use super::corners::coverage;
use super::flatten::divide_by_255;
use crate::{Error, Layout, Picture};

/// What is outside of an ellipse around `centre` (column and row, in pixels) becomes transparent: RGBA. The edge is
/// antialiased.
pub fn mask_ellipse(picture: Picture, centre: (f64, f64), radius: (f64, f64)) -> Result<Picture, Error> {
    let mut picture = convert(picture, Layout::Rgba)?;
    for y in 0..picture.size().height {
        let down = (f64::from(y) + 0.5 - centre.1).abs();
        for (x, pixel) in picture.row_mut(y).as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let across = (x as f64 + 0.5 - centre.0).abs();
            pixel[3] = divide_by_255(u32::from(pixel[3]) * u32::from(coverage((across, down), radius)));
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    #[test]
    fn an_ellipse_has_its_area_and_its_place() {
        let picture = Picture::solid(Size::new(90, 60), [1, 2, 3, 255]);
        let made = mask_ellipse(picture, (40.0, 30.5), (35.0, 20.0)).unwrap();
        let area =
            made.planes()[0].data.as_chunks::<4>().0.iter().map(|pixel| f64::from(pixel[3]) / 255.0).sum::<f64>();
        let exact = std::f64::consts::PI * 35.0 * 20.0;
        assert!((area / exact - 1.0).abs() < 0.01, "{area} {exact}");
        let alpha = |x: usize, y: u32| made.row(y)[x * 4 + 3];
        assert_eq!((alpha(40, 30), alpha(6, 30), alpha(73, 30), alpha(76, 30)), (255, 255, 255, 0));
        assert_eq!((alpha(40, 11), alpha(40, 49), alpha(40, 51), alpha(0, 0)), (255, 255, 0, 0));
    }

    #[test]
    fn small_ellipses_are_no_more_than_a_dot() {
        let made = mask_ellipse(Picture::solid(Size::new(3, 3), [9; 4]), (1.5, 1.5), (1.0, 1.0)).unwrap();
        assert_eq!((made.row(1)[7], made.row(0)[3]), (9, 1));
    }
}
