//! What filters of tone do to one channel: the arithmetic of the reference servers, value by value.
//!
//! Thumbor divides whole numbers and cuts towards zero after each step; imagor computes with fractions.

use lightmill_recipe::Table;

/// c + 255·percent / 100 (Thumbor's `brightness` and `rgb`).
pub(super) fn shifted(percent: i32) -> Table {
    let offset = 255 * i64::from(percent) / 100;
    Table::from_fn(|c| c + offset)
}

/// k·(c − 128) / 100 + 128 with k = (percent + 100)² / 100 (Thumbor's `contrast`).
pub(super) fn contrast(percent: i32) -> Table {
    // Beyond this every value but 128 is 0 or 255 anyway.
    let sum = i64::from(percent.clamp(-100_000, 100_000)) + 100;
    let k = sum * sum / 100;
    Table::from_fn(|c| k * (c - 128) / 100 + 128)
}

/// (c·(100 − percent) + colour·percent) / 100 (Thumbor's `colorize`).
pub(super) fn mixed(percent: i32, colour: u8) -> Table {
    let percent = i64::from(percent);
    Table::from_fn(|c| (c * (100 - percent) + i64::from(colour) * percent) / 100)
}

/// 255 − c (imagor's `invert`).
pub(super) fn inverted() -> Table {
    Table::from_fn(|c| 255 - c)
}

/// c + 255·percent / 100, rounded (imagor's `brightness` and `rgb`).
pub(super) fn shifted_by_part(percent: f64) -> Table {
    Table::from_fn(|c| (c as f64 + percent * 2.55).round() as i64)
}

/// f·(c − 128) + 128, rounded, with a = 2.55·percent and f = 259·(a + 255) / (255·(259 − a)) (imagor's `contrast`).
pub(super) fn contrast_by_part(percent: f64) -> Table {
    let a = percent * 2.55;
    let f = 259.0 * (a + 255.0) / (255.0 * (259.0 - a));
    Table::from_fn(|c| (f * (c as f64 - 128.0) + 128.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_of_thumbor() {
        assert_eq!((shifted(40).get(0), shifted(40).get(200)), (102, 255));
        // −51.5 is cut to −51.
        assert_eq!(shifted(-20).get(60), 9);
        assert_eq!(shifted(-1).get(10), 8);
        // k = 36: 36·(0 − 128) / 100 = −46.08.
        assert_eq!((contrast(-40).get(0), contrast(-40).get(255)), (82, 173));
        assert_eq!(contrast(0), Table::from_fn(|c| c));
        assert_eq!((contrast(i32::MAX).get(127), contrast(i32::MAX).get(129)), (0, 255));
        assert_eq!((mixed(40, 0).get(255), mixed(20, 255).get(100)), (153, 131));
        assert_eq!(mixed(i32::MIN, 255).get(0), 0);
    }

    #[test]
    fn arithmetic_of_imagor() {
        assert_eq!(shifted_by_part(10.0).get(0), 26);
        assert_eq!(contrast_by_part(0.0), Table::from_fn(|c| c));
        assert_eq!((contrast_by_part(100.0).get(127), contrast_by_part(100.0).get(129)), (0, 255));
        assert_eq!(inverted().get(1), 254);
    }
}
