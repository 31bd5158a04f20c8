//! Numbers that ffprobe writes as text or as numbers, and that may be anything.

use std::time::Duration;

use serde_json::Value;

/// Longer than any video: ten years.
const LONGEST: f64 = 10.0 * 366.0 * 86_400.0;

/// A finite number.
pub(super) fn real(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// A whole number from 0 to `most`.
pub(super) fn whole(value: Option<&Value>, most: u64) -> Option<u64> {
    let number = real(value).filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
    // 2^53 and more were rounded before they came here.
    (number < 9.0e15).then_some(number as u64).filter(|number| *number <= most)
}

/// Seconds from 0 to ten years.
pub(super) fn duration(value: Option<&Value>) -> Option<Duration> {
    plausible(real(value)?)
}

fn plausible(seconds: f64) -> Option<Duration> {
    (0.0..=LONGEST).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

/// `00:01:02.500000000`, as Matroska's tags have it.
pub(super) fn clock(value: Option<&Value>) -> Option<Duration> {
    let mut parts = value?.as_str()?.splitn(3, ':');
    let mut next = || parts.next()?.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    plausible(hours.mul_add(3600.0, minutes.mul_add(60.0, seconds)))
}

/// `30000/1001` or `16:9`, both parts 1 to 2,000,000,000.
pub(super) fn ratio(value: Option<&Value>, separator: char) -> Option<(u32, u32)> {
    let (above, below) = value?.as_str()?.split_once(separator)?;
    let part = |text: &str| text.parse().ok().filter(|number| (1..=2_000_000_000_u32).contains(number));
    Some((part(above)?, part(below)?))
}

/// A name of ffprobe's: at most 64 letters, digits and `,._-`; others are left out.
pub(super) fn name(value: Option<&Value>) -> Option<String> {
    let known = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, ',' | '.' | '_' | '-');
    let name: String = value?.as_str()?.chars().filter(known).take(64).collect();
    Some(name).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_plausible_is_not_there() {
        for wrong in
            [json!("N/A"), json!("nan"), json!("inf"), json!("-1"), json!(-1), json!(null), json!([]), json!("1e30")]
        {
            assert_eq!((duration(Some(&wrong)), whole(Some(&wrong), 9)), (None, None), "{wrong}");
        }
        assert_eq!(duration(Some(&json!("2.500000"))), Some(Duration::from_millis(2500)));
        assert_eq!([json!("10"), json!(10), json!(1.5)].map(|value| whole(Some(&value), 9)), [None; 3]);
        assert_eq!(whole(Some(&json!("9")), 9), Some(9));
    }

    #[test]
    fn clocks_and_ratios() {
        assert_eq!(clock(Some(&json!("01:02:03.500000000"))), Some(Duration::from_millis(3_723_500)));
        for wrong in ["1:2", "a:b:c", "-1:00:00", "nan:0:0", "99999999999999:0:0"] {
            assert_eq!(clock(Some(&json!(wrong))), None, "{wrong}");
        }
        assert_eq!(ratio(Some(&json!("30000/1001")), '/'), Some((30000, 1001)));
        for wrong in ["0/0", "1/0", "-25/1", "25", "4294967296/1"] {
            assert_eq!(ratio(Some(&json!(wrong)), '/'), None, "{wrong}");
        }
        assert_eq!(name(Some(&json!("a<b>\u{e9},c"))).as_deref(), Some("ab,c"));
    }
}
