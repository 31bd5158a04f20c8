use percent_encoding::percent_decode_str;

use super::DocumentError;

/// Bytes of the longest key that S3 stores.
pub const MAX_KEY: usize = 1024;

/// A key as notifications of S3 write it: `+` is a space, and then everything is percent-encoded.
pub(super) fn decoded(text: &str) -> Result<String, DocumentError> {
    // A key of the full length whose every byte is encoded; no need to decode what is longer.
    if text.len() > 3 * MAX_KEY {
        return Err(DocumentError::KeyLength(text.len()));
    }
    let is_encoded =
        |rest: &str| matches!(rest.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(is_encoded) {
        return Err(DocumentError::KeyEncoding);
    }
    let spaced = text.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8().map_err(|_| DocumentError::KeyText)?;
    bounded(&key)
}

/// A key as it is.
pub(super) fn bounded(key: &str) -> Result<String, DocumentError> {
    if (1..=MAX_KEY).contains(&key.len()) { Ok(key.to_owned()) } else { Err(DocumentError::KeyLength(key.len())) }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_decoded_once() {
        for (text, key) in [
            ("red+flower.jpg", "red flower.jpg"),
            ("a%2Bb+c", "a+b c"),
            ("%E4%B8%96%E7%95%8C/%f0%9f%98%80", "世界/😀"),
            ("100%2525", "100%25"),
            ("世界", "世界"),
            ("a%2f..%2F%00", "a/../\0"),
        ] {
            assert_eq!(decoded(text).as_deref(), Ok(key), "{text}");
        }
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for text in ["%", "a%2", "%zz", "%%41", "a%é1"] {
            assert_eq!(decoded(text), Err(DocumentError::KeyEncoding), "{text}");
        }
        for text in ["%ff", "%C3", "%ED%A0%80"] {
            assert_eq!(decoded(text), Err(DocumentError::KeyText), "{text}");
        }
        assert_eq!(decoded(""), Err(DocumentError::KeyLength(0)));
        assert_eq!(decoded(&"%41".repeat(1024)).map(|key| key.len()), Ok(1024));
        assert_eq!(decoded(&"%41".repeat(1025)), Err(DocumentError::KeyLength(3075)));
        assert_eq!(decoded(&"a".repeat(1025)), Err(DocumentError::KeyLength(1025)));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(key in "\\PC{1,200}") {
            let encoded = utf8_percent_encode(&key, NON_ALPHANUMERIC).to_string().replace("%20", "+");
            prop_assert_eq!(decoded(&encoded), bounded(&key));
        }
    }
}
