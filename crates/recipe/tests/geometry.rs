//! Geometry whose own tests are single examples: no empty size, nothing outside, no number that is none.

use lightmill_recipe::geometry::{circle, disc, inscribe, place, rotate};
use lightmill_recipe::{Circle, CircleCentre, Gravity, Size};
use proptest::prelude::*;

fn sizes() -> impl Strategy<Value = Size> {
    (1..=30_000u32, 1..=30_000u32).prop_map(|(width, height)| Size::new(width, height))
}

fn radii() -> impl Strategy<Value = u32> {
    prop_oneof![1..=4096u32, Just(u32::MAX), Just(1)]
}

proptest! {
    #[test]
    fn discs_lie_inside(size in sizes(), radius in radii(), canvas in any::<bool>()) {
        let centre = if canvas { CircleCentre::Canvas } else { CircleCentre::Radius };
        let wanted = Circle { radius, centre };
        let window = circle(size, &wanted);
        prop_assert!(window.fits(size) && window.size.width > 0 && window.size.width == window.size.height);
        let radius = disc(size, &wanted);
        prop_assert!(radius.is_finite() && radius > 0.0 && 2.0 * radius <= f64::from(window.size.width) + 1e-9);
    }

    #[test]
    fn a_turned_picture_has_room(size in sizes(), degrees in any::<u16>()) {
        let turned = rotate(size, degrees);
        prop_assert!(turned.width > 0 && turned.height > 0);
        // The box holds what it turns: its diagonal bounds it, and its shorter side fits in every direction.
        let diagonal = f64::from(size.width).hypot(f64::from(size.height));
        prop_assert!(f64::from(turned.longer()) <= diagonal + 1.0);
        prop_assert!(turned.shorter() >= size.shorter());
    }

    #[test]
    fn what_is_inscribed_fits(size in sizes(), room in sizes()) {
        let made = inscribe(size, room);
        prop_assert!(made.width > 0 && made.height > 0);
        prop_assert!(made.width <= size.width && made.height <= size.height);
        prop_assert!(made == size || (made.width <= room.width && made.height <= room.height));
    }

    #[test]
    fn edges_keep_their_distance(canvas in sizes(), item in sizes(), x in 0..4096u32, y in 0..4096u32) {
        let (left, top) = place(canvas, item, Gravity::NorthWest, x, y, 0);
        prop_assert_eq!((left, top), (i64::from(x), i64::from(y)));
        let (right, bottom) = place(canvas, item, Gravity::SouthEast, x, y, 0);
        prop_assert_eq!(i64::from(canvas.width) - right - i64::from(item.width), i64::from(x));
        prop_assert_eq!(i64::from(canvas.height) - bottom - i64::from(item.height), i64::from(y));
        let (middle, _) = place(canvas, item, Gravity::Centre, x, y, 0);
        let other = i64::from(canvas.width) - middle - i64::from(item.width);
        prop_assert!((middle - other).abs() <= 1);
    }
}
