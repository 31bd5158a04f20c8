//! Range requests, RFC 9110, section 14.

use std::ops::Range;
use std::time::SystemTime;

use http::header::{HeaderMap, IF_RANGE, RANGE};

use super::precondition::{Tag, date, whole_seconds};

/// Which bytes of a representation are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// 200, all of them.
    Whole,
    /// 206, these.
    Part(Range<u64>),
    /// 416: none of those asked for exist.
    Unsatisfiable,
}

/// What a `GET` with these headers wants of `size` bytes.
///
/// Only a single range is served; several, another unit and what is malformed give the whole, as section 14.2 allows.
pub fn wanted(headers: &HeaderMap, size: u64, etag: &str, last_modified: Option<SystemTime>) -> Wanted {
    let mut values = headers.get_all(RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Wanted::Whole };
    let Ok(value) = value.to_str() else { return Wanted::Whole };
    if !is_current(headers, etag, last_modified) {
        return Wanted::Whole;
    }
    parse(value, size)
}

/// `If-Range`, section 13.1.5: whether the version of which the client has a part is this one.
fn is_current(headers: &HeaderMap, etag: &str, last_modified: Option<SystemTime>) -> bool {
    let Some(value) = headers.get(IF_RANGE) else { return true };
    let tag = value.to_str().ok().and_then(|text| Tag::parse(text.trim()));
    match tag {
        Some((Tag::Strong(tag), rest)) => tag == etag && rest.is_empty(),
        Some((Tag::Weak(_), _)) => false,
        None => date(headers, &IF_RANGE).is_some_and(|date| last_modified.map(whole_seconds) == Some(date)),
    }
}

fn parse(value: &str, size: u64) -> Wanted {
    let Some((unit, set)) = value.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return Wanted::Whole };
    match (number(first), number(last)) {
        // The last n bytes.
        (None, Some(0)) if first.is_empty() => Wanted::Unsatisfiable,
        (None, Some(length)) if first.is_empty() => part(size.saturating_sub(length)..size),
        (Some(first), None) if last.is_empty() => part(first..size),
        (Some(first), Some(last)) if first <= last => part(first..size.min(last.saturating_add(1))),
        _ => Wanted::Whole,
    }
}

fn part(range: Range<u64>) -> Wanted {
    if range.is_empty() { Wanted::Unsatisfiable } else { Wanted::Part(range) }
}

/// Digits; more than fit are as good as infinite.
fn number(digits: &str) -> Option<u64> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use Wanted::{Part, Unsatisfiable, Whole};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms() {
        for (value, expected) in [
            ("bytes=0-0", Part(0..1)),
            ("bytes=0-9", Part(0..10)),
            ("bytes=0-99", Part(0..10)),
            ("bytes=3-", Part(3..10)),
            ("bytes=-3", Part(7..10)),
            ("bytes=-30", Part(0..10)),
            ("Bytes=9-9", Part(9..10)),
            ("bytes=5-99999999999999999999999", Part(5..10)),
            ("bytes=-99999999999999999999999", Part(0..10)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=10-20", Unsatisfiable),
            ("bytes=99999999999999999999999-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-4", Whole),
            ("bytes=", Whole),
            ("bytes=-", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=0-1,3-4", Whole),
            ("lines=0-1", Whole),
            ("bytes", Whole),
        ] {
            assert_eq!(parse(value, 10), expected, "{value}");
        }
        assert_eq!(parse("bytes=0-", 0), Unsatisfiable);
        assert_eq!(parse("bytes=-5", 0), Unsatisfiable);
    }

    #[test]
    fn if_range() {
        const MODIFIED: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
        let modified = httpdate::parse_http_date(MODIFIED).ok();
        for (validator, expected) in [
            ("\"abc\"", Part(0..2)),
            ("\"abd\"", Whole),
            ("W/\"abc\"", Whole),
            (MODIFIED, Part(0..2)),
            ("Wed, 21 Oct 2015 07:28:01 GMT", Whole),
            ("junk", Whole),
        ] {
            let headers: HeaderMap =
                [(RANGE, "bytes=0-1".parse().unwrap()), (IF_RANGE, validator.parse().unwrap())].into_iter().collect();
            assert_eq!(wanted(&headers, 10, "\"abc\"", modified), expected, "{validator}");
        }
    }

    proptest! {
        #[test]
        fn parts_lie_inside(value in "bytes=[0-9]{0,20}-[0-9]{0,20}|\\PC*", size in 0_u64..1000) {
            if let Part(range) = parse(&value, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn what_is_asked_for_inside_is_given(first in 0_u64..100, length in 1_u64..100, more in 0_u64..100) {
            let last = first + length - 1;
            prop_assert_eq!(parse(&format!("bytes={first}-{last}"), last + 1 + more), Part(first..last + 1));
        }
    }
}
