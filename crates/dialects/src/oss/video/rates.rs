//! Bits per second where a ladder names none.

use lightmill_recipe::video::{BitRate, Bounds};

/// Three bits a second for each pixel of the size, rounded down to whole kilobits: 691 for 360p, 2764 for 720p.
pub(super) fn of_step(bounds: Bounds) -> Option<BitRate> {
    let pixels = u64::from(bounds.width.get()) * u64::from(bounds.height.get());
    of_kilobits((pixels * 3 / 1000).clamp(100, 100_000))
}

/// Kilobits a second as a rate.
pub(super) fn of_kilobits(kilobits: u64) -> Option<BitRate> {
    BitRate::new(kilobits * 1000)
}

/// A rate in whole kilobits a second, if it is one.
pub(super) fn kilobits(rate: BitRate) -> Option<u64> {
    rate.get().is_multiple_of(1000).then_some(rate.get() / 1000)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::video::VideoSide;

    use super::*;

    #[test]
    fn larger_sizes_have_more() {
        let rate = |width, height| {
            let [width, height] = [width, height].map(|side| VideoSide::new(side).unwrap());
            kilobits(of_step(Bounds { width, height, either_way: true, enlarge: false }).unwrap()).unwrap()
        };
        assert_eq!([rate(640, 360), rate(1280, 720), rate(1920, 1080)], [691, 2764, 6220]);
        assert_eq!([rate(16, 16), rate(8192, 8192)], [100, 100_000]);
    }
}
