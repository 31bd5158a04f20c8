//! Sizes of results. Nothing here is ever 0.

use lightmill_recipe::Size;
use lightmill_recipe::video::Bounds;

/// The size of a clip: inside of `bounds`, aspect ratio kept, both sides even and 2 or more.
pub(super) fn fitted(source: Size, bounds: Option<Bounds>) -> Size {
    let Some(bounds) = bounds else { return even(f64::from(source.width), f64::from(source.height), None) };
    let given = Size::new(bounds.width.get().into(), bounds.height.get().into());
    let stands = source.height > source.width;
    let room = if bounds.either_way && stands != (given.height > given.width) { given.transposed() } else { given };
    let room = Size::new(room.width / 2 * 2, room.height / 2 * 2);
    let [across, down] =
        [(room.width, source.width), (room.height, source.height)].map(|(a, b)| f64::from(a) / f64::from(b));
    let scale = if bounds.enlarge { across.min(down) } else { across.min(down).min(1.0) };
    even(f64::from(source.width) * scale, f64::from(source.height) * scale, Some(room))
}

/// The nearest even size that is inside of `room`, whose sides are even.
fn even(width: f64, height: f64, room: Option<Size>) -> Size {
    let side = |exact: f64, room: Option<u32>| {
        let nearest = ((exact / 2.0).round() * 2.0).max(2.0) as u32;
        room.map_or(nearest, |room| nearest.min(room))
    };
    Size::new(side(width, room.map(|room| room.width)), side(height, room.map(|room| room.height)))
}

/// `source` with this width, or height; one that is `None` follows from the other.
pub(super) fn followed(source: Size, width: Option<u32>, height: Option<u32>) -> Size {
    let follow =
        |side: u32, own: u32, other: u32| ((f64::from(side) * f64::from(other) / f64::from(own)).round() as u32).max(1);
    match (width, height) {
        (None, None) => source,
        (Some(width), None) => Size::new(width, follow(width, source.width, source.height)),
        (None, Some(height)) => Size::new(follow(height, source.height, source.width), height),
        (Some(width), Some(height)) => Size::new(width, height),
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::video::VideoSide;
    use proptest::prelude::*;

    use super::*;

    fn bounds(width: u16, height: u16, either_way: bool, enlarge: bool) -> Bounds {
        let side = |side| VideoSide::new(side).unwrap();
        Bounds { width: side(width), height: side(height), either_way, enlarge }
    }

    #[test]
    fn ratios_are_kept_and_sides_even() {
        for (source, bounds, expected) in [
            ((1920, 1080), Some(bounds(1280, 720, true, false)), (1280, 720)),
            ((1080, 1920), Some(bounds(1280, 720, true, false)), (720, 1280)),
            ((1080, 1920), Some(bounds(1280, 720, false, false)), (406, 720)),
            ((320, 180), Some(bounds(1280, 720, true, false)), (320, 180)),
            ((320, 180), Some(bounds(1280, 720, true, true)), (1280, 720)),
            ((321, 181), Some(bounds(1280, 720, true, false)), (322, 182)),
            ((321, 181), None, (322, 182)),
            ((1920, 800), Some(bounds(854, 480, true, false)), (854, 356)),
            ((1000, 1000), Some(bounds(853, 479, false, false)), (478, 478)),
            ((30_000, 3), Some(bounds(100, 100, false, false)), (100, 2)),
        ] {
            let made = fitted(Size::new(source.0, source.1), bounds);
            assert_eq!((made.width, made.height), expected, "{source:?} {bounds:?}");
        }
    }

    #[test]
    fn one_side_follows_the_other() {
        let source = Size::new(1920, 1080);
        assert_eq!(followed(source, Some(320), None), Size::new(320, 180));
        assert_eq!(followed(source, None, Some(90)), Size::new(160, 90));
        assert_eq!(followed(Size::new(30_000, 1), Some(2), None), Size::new(2, 1));
        assert_eq!(followed(source, None, None), source);
    }

    proptest! {
        #[test]
        fn clips_lie_inside_and_keep_their_ratio(
            width in 1..=32_768u32, height in 1..=32_768u32, across in 16..=8192u16, down in 16..=8192u16,
            either_way in any::<bool>(), enlarge in any::<bool>(),
        ) {
            let source = Size::new(width, height);
            let made = fitted(source, Some(bounds(across, down, either_way, enlarge)));
            prop_assert!(made.width >= 2 && made.height >= 2 && made.width.is_multiple_of(2) && made.height.is_multiple_of(2));
            let [across, down] = [across, down].map(u32::from);
            let (most, least) = if either_way { (across.max(down), across.min(down)) } else { (0, 0) };
            if either_way {
                prop_assert!(made.longer() <= most && made.shorter() <= least.max(2));
            } else {
                prop_assert!(made.width <= across && made.height <= down);
            }
            if !enlarge {
                prop_assert!(made.width <= width + 1 && made.height <= height + 1);
            }
            // Each side is within one pixel of the exact one, beside those that became 2.
            let scale = (f64::from(made.width) / f64::from(width)).max(f64::from(made.height) / f64::from(height));
            if made.shorter() > 2 {
                prop_assert!((f64::from(made.width) - f64::from(width) * scale).abs() <= 2.0 + 2.0 * f64::from(width) / f64::from(height));
            }
        }
    }
}
