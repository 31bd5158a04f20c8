//! How long caches may keep an answer.

use std::time::{Duration, SystemTime};

use http::HeaderValue;

/// Among the extensions of an answer that will be another one in a moment: caches may spare us the crowd, and nothing more.
#[derive(Debug, Clone, Copy)]
pub struct Passing;

impl Passing {
    /// What such an answer says.
    pub const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("max-age=1");
}

/// The seconds for which a `Cache-Control` calls an answer fresh, for every cache; `None` if it does not say.
pub fn max_age(cache_control: &HeaderValue) -> Option<Duration> {
    let text = cache_control.to_str().ok()?;
    let mut age = None;
    for directive in text.split(',') {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let is = |word: &str| name.trim().eq_ignore_ascii_case(word);
        if is("no-store") || is("no-cache") {
            return None;
        }
        if is("max-age") {
            age = value.trim().trim_matches('"').parse().ok();
        }
    }
    age.map(Duration::from_secs)
}

/// `cache_control`, or one that ends when the URL does, should that be earlier.
pub fn until(cache_control: HeaderValue, end: SystemTime, now: SystemTime) -> HeaderValue {
    let left = end.duration_since(now).unwrap_or_default().as_secs();
    let says = cache_control.to_str().unwrap_or_default().to_ascii_lowercase();
    // A cache guesses where nothing is said, and may serve old answers for longer where that is allowed.
    let is_bounded = says.contains("no-store")
        || !says.contains("s-maxage")
            && !says.contains("stale-")
            && max_age(&cache_control).is_some_and(|age| age.as_secs() <= left);
    if is_bounded {
        return cache_control;
    }
    let scope = if says.contains("private") { "private" } else { "public" };
    HeaderValue::from_str(&format!("{scope}, max-age={left}")).unwrap_or(cache_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read() {
        for (text, seconds) in [
            ("public, max-age=86400", Some(86400)),
            ("Max-Age=\"5\"", Some(5)),
            ("s-maxage=9, max-age=5", Some(5)),
            ("no-cache, max-age=5", None),
            ("no-store", None),
            ("max-age=soon", None),
            ("", None),
        ] {
            assert_eq!(max_age(&HeaderValue::from_static(text)), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn nothing_is_kept_for_longer_than_its_url() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let end = now + Duration::from_mins(1);
        for (text, expected) in [
            ("public, max-age=86400", "public, max-age=60"),
            ("private, max-age=86400", "private, max-age=60"),
            ("public, max-age=30", "public, max-age=30"),
            ("max-age=30, s-maxage=900", "public, max-age=60"),
            ("max-age=30, stale-while-revalidate=900", "public, max-age=60"),
            ("no-store", "no-store"),
            ("", "public, max-age=60"),
        ] {
            assert_eq!(until(HeaderValue::from_static(text), end, now), expected, "{text}");
        }
        let over = until(HeaderValue::from_static("max-age=9"), SystemTime::UNIX_EPOCH, now);
        assert_eq!(over, "public, max-age=0");
    }
}
