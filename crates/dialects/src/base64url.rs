//! Base64 as it arrives in URLs: the URL alphabet or the standard one, padded or not.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{NO_PAD, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Accepts what encoders get wrong without harm: bits behind the last byte.
const LENIENT: GeneralPurposeConfig =
    NO_PAD.with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::RequireNone);
const ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The UTF-8 text that `text` encodes. A space is a `+` that a URL decoder turned into one.
pub(crate) fn decode(text: &str) -> Option<String> {
    let in_url_alphabet = |c| match c {
        '+' | ' ' => '-',
        '/' => '_',
        c => c,
    };
    let text: String = text.trim_end_matches('=').chars().map(in_url_alphabet).collect();
    String::from_utf8(ENGINE.decode(text).ok()?).ok()
}

/// `text` in the URL alphabet, without padding.
pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling() {
        for text in ["aGVsbG8g5LiW55WMICE", "aGVsbG8g5LiW55WMICE="] {
            assert_eq!(decode(text).unwrap(), "hello 世界 !");
        }
        // Bytes whose base64 holds both letters in which the alphabets differ.
        for text in ["8J-YgO-_vT8_", "8J+YgO+/vT8/", "8J YgO /vT8/"] {
            assert_eq!(decode(text).unwrap(), "😀\u{fffd}??");
        }
        assert_eq!(decode("").unwrap(), "");
        assert_eq!(decode("SGl=").unwrap(), "Hi");
    }

    #[test]
    fn broken_text_is_refused() {
        for text in ["a", "aGVs*", "aGVsb", "_w", "=aGVs", "aG=Vs"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn round_trip() {
        for text in ["", "Hi", "hello 世界 !", "a?x-oss-process=image/resize,P_30", "😀\u{fffd}??"] {
            assert_eq!(decode(&encode(text)).unwrap(), text);
        }
    }
}
