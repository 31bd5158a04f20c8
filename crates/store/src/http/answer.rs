use std::ops::Range;
use std::time::{Duration, SystemTime};

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED, RETRY_AFTER,
};
use http::{HeaderMap, HeaderName, StatusCode};

use crate::{Error, Stat, Version};

/// What an answer means that gives no object.
pub(super) fn refusal(status: StatusCode, headers: &HeaderMap) -> Error {
    match status.as_u16() {
        404 | 410 => Error::NotFound,
        401 | 403 | 451 => Error::Forbidden,
        408 | 425 | 429 | 500.. => Error::Unavailable {
            detail: format!("the origin answered {status}"),
            retry_after: retry_after(headers, SystemTime::now()),
        },
        _ => Error::unusable(format_args!("the origin answered {status}")),
    }
}

/// What is known about an object of `size` bytes from the head of an answer.
///
/// # Errors
/// [`Error::Unusable`] for a content that is encoded. It was asked for as it is; to inflate it would be to let the
/// origin choose how much memory is taken.
pub(super) fn stat(headers: &HeaderMap, size: u64) -> Result<Stat, Error> {
    let encodings = headers.get_all(CONTENT_ENCODING);
    if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Error::unusable("the origin encoded the content, which was asked for as identity"));
    }
    let modified = text(headers, &LAST_MODIFIED).and_then(|text| httpdate::parse_http_date(text).ok());
    let cache_control: Vec<&str> =
        headers.get_all(CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok()).collect();
    Ok(Stat {
        size,
        version: version(headers, size),
        modified,
        content_type: text(headers, &CONTENT_TYPE).map(str::to_owned),
        cache_control: (!cache_control.is_empty()).then(|| cache_control.join(", ")),
    })
}

/// A strong entity tag stands for the bytes (RFC 9110, section 8.8.3). Without one, everything that tends to change
/// with them is taken together: of an origin that states nothing, only another length tells another object.
fn version(headers: &HeaderMap, size: u64) -> Version {
    let lossy =
        |name: &HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let tag = lossy(&ETAG);
    match tag {
        Some(tag) if tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"') => Version::new(tag),
        tag => {
            let modified = lossy(&LAST_MODIFIED);
            Version::new(format!("{} {} {size}", tag.unwrap_or_default(), modified.unwrap_or_default()))
        }
    }
}

/// The stated length of the body, unless two are stated that differ.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let stated = text(headers, &CONTENT_LENGTH)?;
    let alone = headers.get_all(CONTENT_LENGTH).iter().all(|other| other == stated);
    if alone { number(stated) } else { None }
}

/// The bytes and the complete length that a `206 Partial Content` states (RFC 9110, section 14.4). `None` also if the
/// complete length is unknown: without it, nothing says whether the object ends here.
pub(crate) fn content_range(headers: &HeaderMap) -> Option<(Range<u64>, u64)> {
    let (range, size) = text(headers, &CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, size) = (number(first)?, number(last)?, number(size)?);
    (first <= last && last < size).then(|| (first..last + 1, size))
}

/// Seconds or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let date = || Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default());
    number(text).map(Duration::from_secs).or_else(date)
}

pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Digits only: `u64` would parse a sign too.
fn number(text: &str) -> Option<u64> {
    // `parse` refuses the empty text.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn statuses_are_decisions() {
        let meaning = |status| refusal(StatusCode::from_u16(status).unwrap(), &HeaderMap::new()).name();
        for (name, statuses) in [
            ("not_found", &[404, 410][..]),
            ("forbidden", &[401, 403, 451]),
            ("unavailable", &[408, 425, 429, 500, 501, 502, 503, 504, 599, 999]),
            ("unusable", &[100, 204, 206, 300, 304, 400, 405, 407, 416, 418]),
        ] {
            for status in statuses {
                assert_eq!(meaning(*status), name, "{status}");
            }
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (text, seconds) in [
            ("7", Some(7)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-7", None),
            ("+7", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(&headers(&[(RETRY_AFTER, text)]), now), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn versions_are_strong_tags_or_all_that_there_is() {
        let version = |lines: &[_]| stat(&headers(lines), 5).unwrap().version;
        let date = (LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(version(&[(ETAG, "\"a\""), date.clone()]).as_str(), "\"a\"");
        assert_eq!(version(&[(ETAG, "W/\"a\"")]).as_str(), "W/\"a\"  5");
        assert_eq!(version(&[date]).as_str(), " Sun, 06 Nov 1994 08:49:37 GMT 5");
        // Empty, or not a tag by the grammar: not believed to be strong.
        for odd in ["\"\"", "a", "\"", "\"a"] {
            assert!(version(&[(ETAG, odd)]).as_str().ends_with(" 5"), "{odd}");
        }
    }

    #[test]
    fn encoded_contents_are_refused() {
        for (encoding, good) in [("identity", true), ("Identity", true), ("gzip", false), ("identity, br", false)] {
            assert_eq!(stat(&headers(&[(CONTENT_ENCODING, encoding)]), 5).is_ok(), good, "{encoding}");
        }
    }

    #[test]
    fn lengths_are_digits_and_agree() {
        let length = |texts: &[&str]| {
            content_length(&texts.iter().map(|text| (CONTENT_LENGTH, text.parse().unwrap())).collect::<HeaderMap>())
        };
        assert_eq!(length(&["5"]), Some(5));
        for bad in [&["5", "6"][..], &["5, 5"], &["-5"], &["+5"], &["0x5"], &[""], &["18446744073709551616"], &[]] {
            assert_eq!(length(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ranges_are_read_exactly() {
        let range = |text| content_range(&headers(&[(CONTENT_RANGE, text)]));
        assert_eq!(range("bytes 0-0/1"), Some((0..1, 1)));
        assert_eq!(range("bytes 5-9/10"), Some((5..10, 10)));
        for bad in [
            "bytes 5-4/10",
            "bytes 5-10/10",
            "bytes 5-9/*",
            "bytes */10",
            "items 5-9/10",
            "bytes 5-+9/10",
            "bytes 5-9",
            "bytes 0-18446744073709551615/18446744073709551615",
            "bytes 0-1/99999999999999999999",
        ] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
