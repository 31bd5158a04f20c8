use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time of RFC 3339 in UTC (`2026-01-31T12:00:00.123Z`), from 1970 to 9999. `None` for anything else.
pub fn read(text: &str) -> Option<SystemTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_time = hour < 24 && minute < 60 && second <= 60;
    if !is_time || year < 1970 || !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let days = (1970..year).map(|year| (1..=12).map(|month| days_of(year, month)).sum::<u64>()).sum::<u64>();
    let days = days + (1..month).map(|month| days_of(year, month)).sum::<u64>() + day - 1;
    let whole = Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second);
    UNIX_EPOCH.checked_add(whole + nanoseconds(fraction)?)
}

/// Three numbers of so many digits.
fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(between);
    let mut next = |digits| parts.next().filter(|part| part.len() == digits && is_digits(part))?.parse().ok();
    let numbers = [next(digits[0])?, next(digits[1])?, next(digits[2])?];
    parts.next().is_none().then_some(numbers)
}

fn nanoseconds(fraction: &str) -> Option<Duration> {
    if fraction.is_empty() || !is_digits(fraction) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    digits.parse().ok().map(Duration::from_nanos)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_of(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, milliseconds) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59.5Z", 951_868_799_500),
            ("2023-11-14T22:13:20.1234Z", 1_700_000_000_123),
            ("2026-03-01T00:00:00.000000001Z", 1_772_323_200_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            let time = read(text).map(|time| time.duration_since(UNIX_EPOCH).unwrap().as_millis());
            assert_eq!(time, Some(milliseconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bad in [
            "",
            "Z",
            "1969-12-31T23:59:59Z",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "2023-01-00T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:00",
            "2023-01-01T00:00:00+01:00",
            "2023-01-01T00:00:00.Z",
            "2023-01-01T00:00:00.+1Z",
            "2023-1-1T00:00:00Z",
            "2023-01-01T00:00Z",
            "+023-01-01T00:00:00Z",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
