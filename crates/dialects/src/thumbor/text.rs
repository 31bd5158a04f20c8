//! How text is escaped in URLs, and the colours that are written in them.

use std::borrow::Cow;

use lightmill_recipe::Colour;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Flavour;

/// What is written as it is in an image: RFC 3986's unreserved characters, and those of other URLs.
const IMAGE: &AsciiSet = &ARGUMENT.remove(b'=').remove(b'&').remove(b'$').remove(b'@').remove(b'!');
/// What is written as it is in an argument.
const ARGUMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'|')
    .remove(b';');

/// `text` as an argument of a filter.
pub(super) fn escape_argument(text: &str) -> String {
    utf8_percent_encode(text, ARGUMENT).to_string()
}

/// `key` as the image of a URL: its first separator is escaped where what stands before it would be read as something
/// else.
pub(super) fn escape_image(key: &str, is_reserved: impl Fn(&str) -> bool) -> String {
    let escaped = utf8_percent_encode(key, IMAGE).to_string();
    if let Some((scheme, rest)) = escaped.split_once(':')
        && ["b64", "color", "filters"].iter().any(|word| scheme.eq_ignore_ascii_case(word))
    {
        return format!("{scheme}%3A{rest}");
    }
    match escaped.split_once('/') {
        Some((first, rest)) if is_reserved(first) || first.is_empty() => format!("{first}%2F{rest}"),
        _ => escaped,
    }
}

/// Percent-decoded, with `+` for a space; as it is if that is no UTF-8 or an escape is broken (Go's `QueryUnescape`).
pub(super) fn query_unescape(text: &str) -> String {
    let spaced: Cow<'_, str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    if !escapes_are_whole(text) {
        return text.to_owned();
    }
    percent_decode_str(&spaced).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// Whether every `%` stands before two hexadecimal digits.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|part| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// A colour's name or hexadecimal digits, with `#` or without. imagor takes 3, 6 and 8 digits, Thumbor 4 too.
pub(super) fn colour(text: &str, flavour: Flavour) -> Option<Colour> {
    if let Some(colour) = Colour::from_name(text) {
        return Some(colour);
    }
    let digits = text.strip_prefix('#').unwrap_or(text);
    if flavour == Flavour::Imagor && digits.len() == 4 {
        return None;
    }
    Colour::from_hex(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescaping_is_all_or_nothing() {
        assert_eq!(query_unescape("a+b%2Cc"), "a b,c");
        assert_eq!(query_unescape("a+b%zz"), "a+b%zz");
        assert_eq!(query_unescape("100%"), "100%");
        assert_eq!(query_unescape("%ff"), "%ff");
    }

    #[test]
    fn images_are_not_mistaken_for_options() {
        let reserved = |segment: &str| segment == "trim";
        assert_eq!(escape_image("trim/img", reserved), "trim%2Fimg");
        assert_eq!(escape_image("b64:x/y", reserved), "b64%3Ax/y");
        assert_eq!(escape_image("https://host/a (1).png?x=1", reserved), "https://host/a%20%281%29.png%3Fx=1");
    }

    #[test]
    fn colours_of_both_servers() {
        assert_eq!(colour("#F00", Flavour::Thumbor), Some(Colour::opaque(255, 0, 0)));
        assert!(colour("f00f", Flavour::Thumbor).is_some() && colour("f00f", Flavour::Imagor).is_none());
        assert_eq!(colour("lime", Flavour::Imagor), Some(Colour::opaque(0, 255, 0)));
    }
}
