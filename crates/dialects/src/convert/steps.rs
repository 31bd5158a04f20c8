//! What other steps have in common.

use lightmill_recipe::{
    ChannelTables, Corners, Crop, CropOrigin, Cut, Edges, Gravity, Linear, Operation, RoundedCorners, Table,
};

use super::Note;

/// A window that counts from the upper left corner, as edges; `None` for one that depends on the picture's size.
pub(super) fn edges(crop: &Crop) -> Option<[u32; 4]> {
    let end = |start: u32, length: Option<u32>| length.map_or(u32::MAX, |length| start.saturating_add(length));
    (crop.gravity == Gravity::NorthWest).then(|| [crop.x, crop.y, end(crop.x, crop.width), end(crop.y, crop.height)])
}

/// The same window as OSS counts it; `None` if it is not in whole pixels, or a border is trimmed too.
pub(super) fn crop(cut: &Cut) -> Option<Crop> {
    let whole = |n: f64| (n.fract() == 0.0 && n >= 0.0 && n <= f64::from(u32::MAX)).then_some(n as u32);
    let length = |length: u32| i32::try_from(length).ok().filter(|length| *length > 0).map(i32::cast_unsigned);
    let (x, y, width, height) = match (cut.trim, cut.window?) {
        (None, Edges::Pixels { left, top, right, bottom }) if left < right && top < bottom => {
            (left, top, length(right - left), length(bottom - top))
        }
        (None, Edges::Box { left, top, width, height }) if width >= 1.0 && height >= 1.0 => {
            (whole(left)?, whole(top)?, length(whole(width)?), length(whole(height)?))
        }
        _ => return None,
    };
    Some(Crop { width, height, x, y, gravity: Gravity::NorthWest, origin: CropOrigin::Window })
}

/// A gain and an offset as tables, for pictures of 8 bits.
pub(super) fn tables(linear: Linear) -> ChannelTables {
    let (gain, offset) = (f64::from(linear.gain), f64::from(linear.offset));
    ChannelTables::same(Table::from_fn(|value| (gain * value as f64 + offset + 0.5).floor() as i64))
}

/// The gain or offset that these tables are, of those that OSS has words for.
pub(super) fn linear(wanted: &ChannelTables) -> Option<Linear> {
    let offsets = (-100..=100_i8).map(|offset| Linear { gain: 1.0, offset: offset.into() });
    let gains = (-100..=100_i8).map(|percent| {
        let divisor = if percent > 0 { 100.0 } else { 200.0 };
        Linear { gain: 1.0 + f32::from(percent) / divisor, offset: 0.0 }
    });
    offsets.chain(gains).find(|linear| tables(*linear) == *wanted)
}

/// Corners of both kinds are the same up to half the shorter side.
pub(super) fn corners(operation: &Operation, notes: &mut Vec<Note>) -> Option<Operation> {
    let other = match operation {
        Operation::RoundedCorners(RoundedCorners { radius }) => {
            Operation::Corners(Corners { radius_x: *radius, radius_y: *radius, colour: None })
        }
        Operation::Corners(Corners { radius_x, radius_y, colour: None }) if radius_x == radius_y => {
            Operation::RoundedCorners(RoundedCorners { radius: *radius_x })
        }
        _ => return None,
    };
    notes.extend([Note::Corners, Note::Depth]);
    Some(other)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Size, geometry};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gains_and_offsets_of_oss_are_found_again() {
        for value in -100..=100_i8 {
            for wanted in [
                Linear { gain: 1.0, offset: value.into() },
                Linear { gain: 1.0 + f32::from(value.max(0)) / 100.0, offset: 0.0 },
            ] {
                let wanted = tables(wanted);
                assert_eq!(linear(&wanted).map(tables), Some(wanted));
            }
        }
        assert_eq!(linear(&ChannelTables::same(Table::from_fn(|value| 255 - value))), None);
    }

    proptest! {
        #[test]
        fn windows_are_the_same_in_any_picture(
            width in 1..5000_u32, height in 1..5000_u32, x in 0..3000_u32, y in 0..3000_u32,
            w in proptest::option::of(1..3000_u32), h in proptest::option::of(1..3000_u32),
        ) {
            let size = Size::new(width, height);
            let window =
                Crop { width: w, height: h, x, y, gravity: Gravity::NorthWest, origin: CropOrigin::Window };
            let [left, top, right, bottom] = edges(&window).unwrap();
            let wanted = Edges::Pixels { left, top, right, bottom };
            prop_assert_eq!(crop(&Cut { trim: None, window: Some(wanted) }), Some(window));
            // One that begins outside is refused by the one and ignored by the other.
            if let Ok(rect) = geometry::crop(size, &window) {
                prop_assert_eq!(geometry::cut(size, None, Some(&wanted)), rect);
                let [left, top] = [left, top].map(f64::from);
                let [width, height] = [right - x, bottom - y].map(f64::from);
                let boxed = Edges::Box { left, top, width, height };
                prop_assert_eq!(geometry::cut(size, None, Some(&boxed)), rect);
            }
        }
    }
}
