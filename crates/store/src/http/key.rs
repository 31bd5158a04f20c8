use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::BaseUrl;
use crate::Error;

/// Longest key in bytes, that of S3: what is refused by one source should not be the name of an object in another.
const MAX_KEY_BYTES: usize = 1024;

/// All but the unreserved characters of RFC 3986, section 2.3, and the separator of segments.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The URL of `key` below `base`.
///
/// Every segment stays the segment that it is: none is empty at the start, `.` or `..`, not even for an origin that
/// takes a backslash for a separator.
pub(super) fn url(base: &BaseUrl, key: &str) -> Result<Url, Error> {
    if key.is_empty() {
        return Err(Error::InvalidKey("is empty"));
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(Error::InvalidKey("has more than 1024 bytes"));
    }
    if key.starts_with('/') {
        return Err(Error::InvalidKey("starts with /"));
    }
    if key.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
        return Err(Error::InvalidKey("contains the segment . or .."));
    }
    let text = format!("{}{}", base.as_url(), utf8_percent_encode(key, ENCODED));
    Url::parse(&text).map_err(|_| Error::InvalidKey("makes no URL"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> BaseUrl {
        "https://images.example/a".parse().unwrap()
    }

    #[test]
    fn segments_are_encoded() {
        for (key, expected) in [
            ("b.jpg", "b.jpg"),
            ("b c/世界+.jpg", "b%20c/%E4%B8%96%E7%95%8C%2B.jpg"),
            ("%2e%2e/x", "%252e%252e/x"),
            ("a?b#c", "a%3Fb%23c"),
            ("a//b/", "a//b/"),
            ("a\\b\0", "a%5Cb%00"),
            ("...", "..."),
            ("https://else/", "https%3A//else/"),
        ] {
            assert_eq!(url(&base(), key).unwrap().as_str(), format!("https://images.example/a/{expected}"));
        }
    }

    #[test]
    fn what_would_leave_the_base_is_refused() {
        let long = "a".repeat(1025);
        for key in ["", "/", "//else/a", "..", ".", "../a", "a/..", "a/./b", "..\\a", "a\\..", &long] {
            assert!(matches!(url(&base(), key), Err(Error::InvalidKey(_))), "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_passes_is_its_key_again(key in "[./\\\\%2eE?#@:a\u{0}\n\u{ff0e}世]{1,12}") {
            if let Ok(url) = url(&base(), &key) {
                prop_assert_eq!(url.host_str(), Some("images.example"));
                let rest = url.path().strip_prefix("/a/").unwrap();
                let decoded = percent_encoding::percent_decode_str(rest).decode_utf8().unwrap();
                prop_assert_eq!(decoded, key);
            }
        }
    }
}
