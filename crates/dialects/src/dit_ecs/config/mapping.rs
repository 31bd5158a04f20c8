use serde::Deserialize;

/// Segments and labels that are compared; longer patterns and requests count to here.
const DEEPEST: usize = 10;

/// Which path or host belongs to which origin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// `host.example.com` or `*.example.com`, where `*` is one label.
    #[serde(default)]
    pub host: Option<String>,
    /// `/folder` or `/folder/*`: everything below; `*` needs at least one segment.
    #[serde(default)]
    pub path: Option<String>,
    /// The origin's id.
    pub origin: String,
    /// The policy's id.
    #[serde(default)]
    pub policy: Option<String>,
    /// Whether the segments that the pattern names are taken off the path. Default: they stay.
    #[serde(default)]
    pub strip_prefix: bool,
}

/// What a mapping fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The labels of a host, in lower case.
    Host(Vec<String>),
    /// The first segments of a path.
    Path(Vec<String>),
}

impl Pattern {
    /// The pattern of a mapping that has exactly one.
    pub(super) fn of(mapping: &Mapping) -> Option<Self> {
        let parts = |text: &str, separator: char| -> Vec<String> {
            text.split(separator).filter(|part| !part.is_empty()).take(DEEPEST).map(str::to_owned).collect()
        };
        match (&mapping.host, &mapping.path) {
            (Some(host), None) => Some(Self::Host(parts(&host.to_ascii_lowercase(), '.'))),
            (None, Some(path)) if path.starts_with('/') => Some(Self::Path(parts(path, '/'))),
            _ => None,
        }
    }

    /// How long the pattern is and whether it has no `*`, if it fits the host, whose port does not count.
    pub(super) fn fits_host(&self, host: &str, compat: bool) -> Option<(usize, bool)> {
        let Self::Host(labels) = self else { return None };
        let host =
            if compat { host.to_owned() } else { host.split(':').next().unwrap_or_default().to_ascii_lowercase() };
        let own: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).take(DEEPEST + 1).collect();
        (labels.len() == own.len()).then(|| rank(labels, &own)).flatten()
    }

    /// The same for a path, of which the first segments count.
    pub(super) fn fits_path(&self, path: &str, compat: bool) -> Option<(usize, bool)> {
        let Self::Path(segments) = self else { return None };
        let own: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).take(DEEPEST).collect();
        // The reference server stores patterns in lower case and does not lower requests.
        let lower: Vec<String>;
        let segments = if compat {
            lower = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
            &lower
        } else {
            segments
        };
        rank(segments, own.get(..segments.len())?)
    }

    /// The path without the segments that the pattern names.
    pub(in crate::dit_ecs) fn stripped<'a>(&self, path: &'a str) -> &'a str {
        let Self::Path(segments) = self else { return path };
        let mut rest = path;
        for _ in segments.iter().take_while(|segment| *segment != "*") {
            let trimmed = rest.trim_start_matches('/');
            rest = trimmed.find('/').and_then(|at| trimmed.get(at..)).unwrap_or("/");
        }
        rest
    }
}

fn rank(pattern: &[String], own: &[&str]) -> Option<(usize, bool)> {
    let fits = pattern.iter().zip(own).all(|(part, own)| part == "*" || part == own);
    fits.then(|| (pattern.len(), pattern.iter().all(|part| part != "*")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(host: Option<&str>, path: Option<&str>) -> Pattern {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let mapping = Mapping {
            name: String::new(),
            host: owned(host),
            path: owned(path),
            origin: "o".to_owned(),
            policy: None,
            strip_prefix: false,
        };
        Pattern::of(&mapping).unwrap()
    }

    #[test]
    fn paths() {
        for (text, path, fits) in [
            ("/images/*", "/images/x.jpg", true),
            ("/images/*", "/images/a/b/c.jpg", true),
            ("/images/*", "/images", false),
            ("/a/b", "/a/b/c.jpg", true),
            ("/", "/anything", true),
            ("/a*", "/abc", false),
            ("/Img/*", "/Img/x.jpg", true),
        ] {
            assert_eq!(pattern(None, Some(text)).fits_path(path, false).is_some(), fits, "{text} {path}");
        }
        assert!(pattern(None, Some("/Img/*")).fits_path("/Img/x.jpg", true).is_none());
        assert!(pattern(None, Some("/Img/*")).fits_path("/img/x.jpg", true).is_some());
    }

    #[test]
    fn hosts() {
        for (text, host, fits) in [
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("api.example.com", "API.example.com:8080", true),
            ("api.example.com", "api.example.com.evil.com", false),
        ] {
            assert_eq!(pattern(Some(text), None).fits_host(host, false).is_some(), fits, "{text} {host}");
        }
        assert!(pattern(Some("api.example.com"), None).fits_host("API.example.com", true).is_none());
    }

    #[test]
    fn prefixes_are_stripped() {
        assert_eq!(pattern(None, Some("/mobile/*")).stripped("/mobile/a/b.jpg"), "/a/b.jpg");
        assert_eq!(pattern(None, Some("/a/b")).stripped("//a/b/c.jpg"), "/c.jpg");
        assert_eq!(pattern(None, Some("/a/b")).stripped("/a/b"), "/");
    }
}
