use std::time::Duration;

/// A time as Go spells it: `168h`, `1h30m`, `1.5s`, `250ms`, or `0` (package time, `ParseDuration`). Negative ones, and
/// units below a millisecond, are none.
pub fn go_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        let unit = match &rest[end..unit_end] {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        seconds += amount * unit;
        rest = &rest[unit_end..];
    }
    Duration::try_from_secs_f64(seconds).ok().filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_as_go_writes_them() {
        for (text, milliseconds) in [
            ("168h", 604_800_000),
            ("1h30m", 5_400_000),
            ("90s", 90_000),
            ("0", 0),
            ("1.5m", 90_000),
            ("5m1s250ms", 301_250),
        ] {
            assert_eq!(go_duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "7", "h", "5d", "1h-", "-1h", "1..5h", "5µs"] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9hms.µ]{0,40}") {
            let _ = go_duration(&text);
        }
    }
}
