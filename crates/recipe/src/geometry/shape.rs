use crate::{Circle, CircleCentre, Rect, Size};

/// The square window of the disc of `circle` in a picture of `size`.
pub fn circle(size: Size, circle: &Circle) -> Rect {
    let shorter = size.shorter();
    let diameter = u64::from(circle.radius).saturating_mul(2).saturating_add(1).min(u64::from(shorter)) as u32;
    let radius_2 = u64::from(circle.radius).saturating_mul(2).min(u64::from(shorter));
    // round(side / 2 − radius), half up
    let start = |side: u32| {
        let start = (u64::from(side).saturating_sub(radius_2)).div_ceil(2) as u32;
        start.min(side - diameter)
    };
    Rect { x: start(size.width), y: start(size.height), size: Size::new(diameter, diameter) }
}

/// Radius of the disc of `circle` in a picture of `size`, in pixels; its centre lies as far from the left and from the
/// upper edge of the window that [`circle()`] gives.
pub fn disc(size: Size, circle: &Circle) -> f64 {
    let half = f64::from(size.shorter()) / 2.0;
    match circle.centre {
        CircleCentre::Canvas => (f64::from(circle.radius) + 0.5).min(half),
        CircleCentre::Radius => f64::from(circle.radius).min(half),
    }
}

/// The bounding box of a picture of `size` turned by `degrees`, each side rounded.
pub fn rotate(size: Size, degrees: u16) -> Size {
    match degrees % 360 {
        0 | 180 => size,
        90 | 270 => size.transposed(),
        degrees => {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            let (sin, cos) = (sin.abs(), cos.abs());
            let (width, height) = (f64::from(size.width), f64::from(size.height));
            Size::new(side(width * cos + height * sin), side(width * sin + height * cos))
        }
    }
}

/// The largest size of the aspect ratio of `size` that fits into `room`; `size` itself if it fits.
pub fn inscribe(size: Size, room: Size) -> Size {
    let scale = (f64::from(room.width) / f64::from(size.width)).min(f64::from(room.height) / f64::from(size.height));
    if scale >= 1.0 {
        return size;
    }
    Size::new(
        side(f64::from(size.width) * scale).min(room.width.max(1)),
        side(f64::from(size.height) * scale).min(room.height.max(1)),
    )
}

/// Rounds half up, to at least 1.
pub(super) fn side(length: f64) -> u32 {
    // A float cast saturates, so that absurd requests meet the limits instead of wrapping round.
    ((length + 0.5 + 1e-9).floor() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn centred(radius: u32) -> Circle {
        Circle { radius, centre: CircleCentre::Canvas }
    }

    #[test]
    fn a_disc_fills_its_canvas_or_lies_half_a_pixel_off() {
        let size = Size::new(400, 267);
        assert!((disc(size, &centred(100)) - 100.5).abs() < 1e-9);
        assert!((disc(size, &Circle { radius: 100, centre: CircleCentre::Radius }) - 100.0).abs() < 1e-9);
        assert!((disc(size, &Circle { radius: 4096, centre: CircleCentre::Radius }) - 133.5).abs() < 1e-9);
    }

    #[test]
    fn discs_of_the_reference_server() {
        let photo = circle(Size::new(400, 267), &centred(100));
        assert_eq!(photo, Rect { x: 100, y: 34, size: Size::new(201, 201) });
        let wide = circle(Size::new(200, 100), &centred(4096));
        assert_eq!(wide, Rect { x: 50, y: 0, size: Size::new(100, 100) });
        for side in 1..60 {
            for radius in 1..40 {
                let size = Size::new(side, 30);
                assert!(circle(size, &centred(radius)).fits(size), "{size} {radius}");
            }
        }
    }

    #[test]
    fn canvases_of_the_reference_server() {
        assert_eq!(rotate(Size::new(100, 67), 45), Size::new(118, 118));
        assert_eq!(rotate(Size::new(167, 112), 30), Size::new(201, 180));
        assert_eq!(rotate(Size::new(100, 67), 90), Size::new(67, 100));
        assert_eq!(rotate(Size::new(1, 1), 89), Size::new(1, 1));
    }

    #[test]
    fn inscribed_sizes_keep_their_shape() {
        assert_eq!(inscribe(Size::new(400, 200), Size::new(100, 100)), Size::new(100, 50));
        assert_eq!(inscribe(Size::new(40, 20), Size::new(100, 100)), Size::new(40, 20));
        assert_eq!(inscribe(Size::new(40_000, 1), Size::new(10, 10)), Size::new(10, 1));
    }
}
