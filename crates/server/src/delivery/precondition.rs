//! Conditional requests, RFC 9110, section 13.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};

/// What the preconditions of a `GET` or `HEAD` ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// The usual answer.
    Proceed,
    /// 304: the client has it.
    NotModified,
    /// 412: the client wanted another version.
    Failed,
}

/// Evaluates the preconditions in the order of section 13.2.2.
///
/// `etag` is a strong entity tag with its quotes.
pub fn evaluate(headers: &HeaderMap, etag: &str, last_modified: Option<SystemTime>) -> Precondition {
    if headers.contains_key(IF_MATCH) {
        if !lists(headers, &IF_MATCH, |tag| tag == Tag::Strong(etag)) {
            return Precondition::Failed;
        }
    } else if let (Some(since), Some(modified)) = (date(headers, &IF_UNMODIFIED_SINCE), last_modified)
        && whole_seconds(modified) > since
    {
        return Precondition::Failed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        let has_it = lists(headers, &IF_NONE_MATCH, |tag| tag.opaque() == etag);
        return if has_it { Precondition::NotModified } else { Precondition::Proceed };
    }
    match (date(headers, &IF_MODIFIED_SINCE), last_modified) {
        (Some(since), Some(modified)) if whole_seconds(modified) <= since => Precondition::NotModified,
        _ => Precondition::Proceed,
    }
}

/// `time` as an HTTP date can say it.
pub fn whole_seconds(time: SystemTime) -> SystemTime {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since_epoch.as_secs())
}

/// The date in a header; what is no date counts as absent (section 13.1.3).
pub fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

/// An entity tag, section 8.8.3, each with its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag<'a> {
    /// Byte-for-byte the same.
    Strong(&'a str),
    /// `W/`: equivalent.
    Weak(&'a str),
}

impl<'a> Tag<'a> {
    /// What the weak comparison looks at.
    fn opaque(self) -> &'a str {
        match self {
            Self::Strong(tag) | Self::Weak(tag) => tag,
        }
    }

    /// The tag at the start of `text`, and what follows it.
    pub fn parse(text: &'a str) -> Option<(Self, &'a str)> {
        let (weak, quoted) = match text.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let inner = quoted.strip_prefix('"')?;
        let end = inner.find('"')?;
        if inner[..end].bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return None;
        }
        let (tag, rest) = quoted.split_at(end + 2);
        Some((if weak { Self::Weak(tag) } else { Self::Strong(tag) }, rest))
    }
}

/// Whether `*` or a tag that `matches` stands in the header. A malformed list counts up to its first mistake.
fn lists<'a>(headers: &'a HeaderMap, name: &HeaderName, matches: impl Fn(Tag<'a>) -> bool) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        if list.trim() == "*" {
            return true;
        }
        let mut rest = list;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            let Some((tag, after)) = Tag::parse(rest) else { return false };
            if matches(tag) {
                return true;
            }
            rest = after;
        }
    })
}

#[cfg(test)]
mod tests {
    use Precondition::{Failed, NotModified, Proceed};

    use super::*;

    const ETAG: &str = "\"abc\"";
    const MODIFIED: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
    const BEFORE: &str = "Wed, 21 Oct 2015 07:27:59 GMT";

    fn evaluated(pairs: &[(&str, &str)]) -> Precondition {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        // Files have times of nanoseconds; dates have none.
        let modified = httpdate::parse_http_date(MODIFIED).unwrap() + Duration::from_nanos(999_999_999);
        evaluate(&headers, ETAG, Some(modified))
    }

    #[test]
    fn entity_tags() {
        for (list, expected) in [
            ("\"abc\"", NotModified),
            ("W/\"abc\"", NotModified),
            ("\"x\", W/\"y,z\" ,\"abc\"", NotModified),
            (",,\"abc\"", NotModified),
            ("*", NotModified),
            ("\"x\"", Proceed),
            ("abc", Proceed),
            ("\"abc", Proceed),
            ("", Proceed),
            ("\"a b\", \"abc\"", Proceed),
            ("w/\"abc\"", Proceed),
        ] {
            assert_eq!(evaluated(&[("if-none-match", list)]), expected, "{list}");
        }
        assert_eq!(evaluated(&[("if-none-match", "\"x\""), ("if-none-match", ETAG)]), NotModified);
    }

    #[test]
    fn dates() {
        assert_eq!(evaluated(&[("if-modified-since", MODIFIED)]), NotModified);
        assert_eq!(evaluated(&[("if-modified-since", BEFORE)]), Proceed);
        assert_eq!(evaluated(&[("if-modified-since", "yesterday")]), Proceed);
        assert_eq!(evaluated(&[("if-unmodified-since", MODIFIED)]), Proceed);
        assert_eq!(evaluated(&[("if-unmodified-since", BEFORE)]), Failed);
    }

    #[test]
    fn tags_come_before_dates() {
        assert_eq!(evaluated(&[("if-none-match", "\"x\""), ("if-modified-since", MODIFIED)]), Proceed);
        assert_eq!(evaluated(&[("if-match", ETAG), ("if-unmodified-since", BEFORE)]), Proceed);
        assert_eq!(evaluated(&[("if-match", "*"), ("if-none-match", ETAG)]), NotModified);
    }

    #[test]
    fn if_match_compares_strongly() {
        assert_eq!(evaluated(&[("if-match", "W/\"abc\"")]), Failed);
        assert_eq!(evaluated(&[("if-match", "\"x\", \"abc\"")]), Proceed);
    }
}
