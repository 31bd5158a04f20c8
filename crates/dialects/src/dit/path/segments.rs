/// A part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// Between two slashes, or before the first.
    Plain(&'a str),
    /// What follows `filters:`, up to a slash outside of parentheses.
    Filters(&'a str),
    /// Behind the last slash.
    Last(&'a str),
}

/// The parts of `path`, without its first slash, each byte looked at a fixed number of times.
pub(super) fn segments(path: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut rest = path;
    // Behind the last closing parenthesis none that opens is closed.
    let mut closed = path.rfind(')').map_or(0, |at| at + 1);
    loop {
        let filters = rest.strip_prefix("filters:").map(|text| {
            let prefix = rest.len() - text.len();
            (text, prefix, group_length(text, closed.saturating_sub(prefix)))
        });
        let (segment, length) = match filters {
            Some((text, prefix, length)) if length < text.len() => {
                (Segment::Filters(text.get(..length).unwrap_or_default()), prefix + length)
            }
            _ => {
                let Some(length) = rest.find('/') else {
                    segments.push(Segment::Last(rest));
                    return segments;
                };
                (Segment::Plain(rest.get(..length).unwrap_or_default()), length)
            }
        };
        segments.push(segment);
        rest = rest.get(length + 1..).unwrap_or_default();
        closed = closed.saturating_sub(length + 1);
    }
}

/// Bytes up to the slash that ends a group of filters. Parentheses that open before `closed` are closed by the next `)`.
fn group_length(text: &str, closed: usize) -> usize {
    let mut inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' if at < closed => inside = true,
            b')' => inside = false,
            b'/' if !inside => return at,
            _ => {}
        }
    }
    text.len()
}

/// The filters of a group: what stands between colons outside of parentheses.
pub(super) fn calls(group: &str) -> Vec<&str> {
    let mut calls = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (at, byte) in group.bytes().enumerate() {
        match byte {
            b'(' => inside = true,
            b')' => inside = false,
            b':' if !inside => {
                calls.extend(group.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    calls.extend(group.get(start..));
    calls.retain(|call| !call.is_empty());
    calls
}

#[cfg(test)]
mod tests {
    use Segment::{Filters, Last, Plain};

    use super::*;

    #[test]
    fn slashes_inside_of_parentheses_belong_to_filters() {
        let path = "60x40/filters:a(b/c):d()/filters:e(/x/y.jpg";
        assert_eq!(segments(path), [Plain("60x40"), Filters("a(b/c):d()"), Filters("e("), Plain("x"), Last("y.jpg")]);
        assert_eq!(segments("filters:a()"), [Last("filters:a()")]);
        assert_eq!(segments(""), [Last("")]);
        assert_eq!(segments("//a"), [Plain(""), Plain(""), Last("a")]);
    }

    #[test]
    fn calls_end_at_colons() {
        assert_eq!(calls("a():b(1,x:y)::c"), ["a()", "b(1,x:y)", "c"]);
    }
}
