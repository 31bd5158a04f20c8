use regex::{Captures, Regex, RegexBuilder};

use super::MAX_LENGTH;

/// A substitution in paths, as ECMAScript's `String.prototype.replace` does it (ECMA-262, section 22.1.3.19).
///
/// The pattern is matched in time that grows with the length of the path alone; it has no look-around and no back-references.
#[derive(Debug, Clone)]
pub struct Rewrite {
    pattern: Regex,
    substitution: String,
    all: bool,
}

/// Why a substitution cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// The pattern is not written as `/PATTERN/FLAGS`.
    #[error("a rewrite pattern is written as /PATTERN/FLAGS")]
    Form,
    /// A flag that has no meaning here.
    #[error("the flag {0} of a rewrite pattern is none of d, g, i, m, s and u")]
    Flag(char),
    /// The pattern is not understood, or too large.
    #[error("the rewrite pattern cannot be used: {0}")]
    Pattern(String),
}

/// Bytes of a compiled pattern.
const MAX_SIZE: usize = 1 << 20;
/// Bytes of a pattern and of a substitution.
const MAX_TEXT: usize = 4096;
/// Matches in one path.
const MAX_MATCHES: usize = 256;

impl Rewrite {
    /// `pattern` is `/PATTERN/FLAGS`; in `substitution`, `$1`, `$<name>`, `$&`, `` $` ``, `$'` and `$$` stand for what was
    /// matched.
    pub fn new(pattern: &str, substitution: &str) -> Result<Self, RewriteError> {
        let (body, flags) = pattern.rsplit_once('/').ok_or(RewriteError::Form)?;
        let body = body.strip_prefix('/').ok_or(RewriteError::Form)?;
        if body.len() > MAX_TEXT || substitution.len() > MAX_TEXT {
            return Err(RewriteError::Pattern(format!("more than {MAX_TEXT} bytes")));
        }
        let mut builder = RegexBuilder::new(body);
        builder.size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).nest_limit(64);
        let mut all = false;
        for flag in flags.chars() {
            match flag {
                'g' => all = true,
                'i' => drop(builder.case_insensitive(true)),
                'm' => drop(builder.multi_line(true)),
                's' => drop(builder.dot_matches_new_line(true)),
                // Indices are not asked for, and every pattern is one of Unicode.
                'd' | 'u' => {}
                other => return Err(RewriteError::Flag(other)),
            }
        }
        let pattern = builder.build().map_err(|error| RewriteError::Pattern(error.to_string()))?;
        Ok(Self { pattern, substitution: substitution.to_owned(), all })
    }

    /// The path with the first match replaced, or every one; `None` if that is longer than a path may be, or if there are more
    /// matches than a path may have.
    pub(super) fn apply(&self, path: &str) -> Option<String> {
        let mut result = String::with_capacity(path.len());
        let mut end = 0;
        for (count, captures) in
            self.pattern.captures_iter(path).take(if self.all { usize::MAX } else { 1 }).enumerate()
        {
            if count == MAX_MATCHES {
                return None;
            }
            let found = captures.get(0)?;
            result.push_str(path.get(end..found.start())?);
            self.expand(path, &captures, &mut result);
            end = found.end();
            if result.len() > MAX_LENGTH {
                return None;
            }
        }
        result.push_str(path.get(end..)?);
        (result.len() <= MAX_LENGTH).then_some(result)
    }

    fn expand(&self, path: &str, captures: &Captures<'_>, result: &mut String) {
        let Some(found) = captures.get(0) else { return };
        let mut rest = self.substitution.as_str();
        while let Some(at) = rest.find('$') {
            let (before, behind) = rest.split_at(at);
            result.push_str(before);
            let Some((length, text)) = reference(behind, path, captures, found.start(), found.end()) else {
                result.push('$');
                rest = behind.get(1..).unwrap_or_default();
                continue;
            };
            result.push_str(text);
            rest = behind.get(length..).unwrap_or_default();
            if result.len() > MAX_LENGTH {
                return;
            }
        }
        result.push_str(rest);
    }
}

/// What the reference at the beginning of `text` stands for, and how many bytes it has.
fn reference<'a>(
    text: &str,
    path: &'a str,
    captures: &Captures<'a>,
    start: usize,
    end: usize,
) -> Option<(usize, &'a str)> {
    let behind = text.get(1..)?;
    let group = |number: usize| captures.get(number).map_or("", |group| group.as_str());
    match behind.chars().next()? {
        '$' => Some((2, "$")),
        '&' => Some((2, path.get(start..end)?)),
        '`' => Some((2, path.get(..start)?)),
        '\'' => Some((2, path.get(end..)?)),
        '<' => {
            let (name, _) = behind.get(1..)?.split_once('>')?;
            Some((name.len() + 3, captures.name(name).map_or("", |group| group.as_str())))
        }
        _ => {
            // Two digits, if there are so many groups; else one.
            let number = |length: usize| behind.get(..length)?.parse::<usize>().ok().map(|number| (length + 1, number));
            let known = |(_, number): &(usize, usize)| (1..captures.len()).contains(number);
            let (length, number) = number(2).filter(known).or_else(|| number(1).filter(known))?;
            Some((length, group(number)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(pattern: &str, substitution: &str, path: &str) -> String {
        Rewrite::new(pattern, substitution).unwrap().apply(path).unwrap()
    }

    #[test]
    fn as_in_ecmascript() {
        for (pattern, substitution, path, expected) in [
            (
                r"/\/w-(\d+)\//",
                "/$1x0/filters:grayscale()/",
                "/w-110/coffee.jpg",
                "/110x0/filters:grayscale()/coffee.jpg",
            ),
            ("/a/", "b", "/aaa", "/baa"),
            ("/a/g", "b", "/aaa", "/bbb"),
            ("/A/gi", "<$&$$>", "/aa", "/<a$><a$>"),
            ("/b/", "[$`|$']", "abc", "a[a|c]c"),
            ("/(?<n>x)y/", "$<n>-$1-$2-$01-$0", "xy", "x-x-$2-x-$0"),
            ("/z/", "y", "/abc", "/abc"),
            ("/x/", "$", "x", "$"),
        ] {
            assert_eq!(rewritten(pattern, substitution, path), expected, "{pattern}");
        }
    }

    #[test]
    fn wrong_patterns_are_named() {
        let error = |pattern: &str| Rewrite::new(pattern, "").unwrap_err();
        assert_eq!(
            (error("abc"), error("a/g"), error("/a/y")),
            (RewriteError::Form, RewriteError::Form, RewriteError::Flag('y'))
        );
        for pattern in ["/(/", "/(?=a)/", "/((((a{99}){99}){99}){99})/"] {
            assert!(matches!(error(pattern), RewriteError::Pattern(_)), "{pattern}");
        }
    }

    #[test]
    fn results_are_bounded() {
        let rewrite = Rewrite::new("/a/g", &"$`".repeat(100)).unwrap();
        assert_eq!(rewrite.apply(&"a".repeat(200)), None);
        let rewrite = Rewrite::new("/a/g", "b").unwrap();
        assert_eq!(rewrite.apply(&"a".repeat(256)), Some("b".repeat(256)));
        assert_eq!(rewrite.apply(&"a".repeat(257)), None);
    }
}
