use std::fmt::Write as _;

use http::HeaderValue;
use lightmill_recipe::Format;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of `ext-value` that stand for themselves (RFC 8187, section 3.2.1), beside letters and digits.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Bytes of a name that are told.
const NAME_BYTES: usize = 200;

/// Whether a browser shows an answer or saves it (`Content-Disposition`, RFC 6266).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It shows it.
    Inline,
    /// It saves it, under the object's name with the extension of what it is.
    Attachment,
}

impl Disposition {
    /// The value of the header for what was made of the object of this key; `format` if it was made into one.
    pub fn header(self, key: &str, format: Option<Format>) -> HeaderValue {
        match self {
            Self::Inline => HeaderValue::from_static("inline"),
            Self::Attachment => attachment(key, format).unwrap_or_else(|| HeaderValue::from_static("attachment")),
        }
    }
}

fn attachment(key: &str, format: Option<Format>) -> Option<HeaderValue> {
    let name = key.rsplit('/').next().filter(|name| !name.is_empty())?;
    let name = match (format, name.rsplit_once('.')) {
        (Some(format), Some((stem, _))) if !stem.is_empty() => format!("{stem}.{}", format.extension()),
        (Some(format), _) => format!("{name}.{}", format.extension()),
        (None, _) => name.to_owned(),
    };
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = &name[name.floor_char_boundary(name.len().saturating_sub(NAME_BYTES))..];
    // For those who do not read the second form: no quotes, no escapes, nothing beyond ASCII.
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        write!(value, "; filename*=UTF-8''{}", utf8_percent_encode(name, ESCAPED)).ok()?;
    }
    HeaderValue::from_str(&value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_object_with_the_right_extension() {
        for (key, format, expected) in [
            ("a/b c.png", Some(Format::WebP), "attachment; filename=\"b c.webp\""),
            ("photo", Some(Format::Jpeg), "attachment; filename=\"photo.jpg\""),
            (".hidden", Some(Format::Jpeg), "attachment; filename=\".hidden.jpg\""),
            ("clip.mp4", None, "attachment; filename=\"clip.mp4\""),
            ("a/", None, "attachment"),
            ("世.png", None, "attachment; filename=\"_.png\"; filename*=UTF-8''%E4%B8%96.png"),
            ("a\"\\%\r\n;b.png", None, "attachment; filename=\"a___;b.png\"; filename*=UTF-8''a%22%5C%25%3Bb.png"),
        ] {
            assert_eq!(Disposition::Attachment.header(key, format), expected, "{key}");
        }
        assert_eq!(Disposition::Inline.header("a.png", None), "inline");
        assert!(Disposition::Attachment.header(&"ü".repeat(500), None).len() < 1000);
    }
}
