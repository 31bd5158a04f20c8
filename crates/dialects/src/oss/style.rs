use crate::Error;

/// The path in front of the first `@!` or `!`, and the style name behind it.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let (key, name) = path.split_once('!')?;
    Some((key.strip_suffix('@').unwrap_or(key), name))
}

/// `name`, if it is one: 1 to 63 letters, digits, `_`, `-` and `.`.
pub(crate) fn checked(name: &str) -> Result<&str, Error> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if (1..=63).contains(&name.len()) && name.bytes().all(allowed) { Ok(name) } else { Err(Error::InvalidStyleName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators() {
        assert_eq!(split("a.jpg@!box"), Some(("a.jpg", "box")));
        assert_eq!(split("a.jpg!box"), Some(("a.jpg", "box")));
        assert_eq!(split("a@b!box@!c"), Some(("a@b", "box@!c")));
        assert_eq!(split("a@b.jpg"), None);
    }

    #[test]
    fn names() {
        for name in ["ABCabc.-_", "9", &"a".repeat(63)] {
            assert_eq!(checked(name), Ok(name));
        }
        for name in ["", " #$ ", "a b", "é", "a/b", &"a".repeat(64)] {
            assert_eq!(checked(name), Err(Error::InvalidStyleName), "{name}");
        }
    }
}
