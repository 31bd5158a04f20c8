use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use lightmill_recipe::{Colour, Locator};
use percent_encoding::percent_decode_str;

use crate::thumbor::{Flavour, text};
use crate::{Error, key};

/// Accepts what encoders get wrong without harm: bits behind the last byte.
const LENIENT: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// The picture that a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// A key, or the URL of an origin, decoded.
    Object {
        /// As decoded; possibly empty.
        key: String,
        /// Whether it was written as `b64:` (imagor).
        base64: bool,
    },
    /// A picture of one colour: `color:red` (imagor).
    Colour(Colour),
}

impl Image {
    /// Reads what a URL says behind its options.
    pub(super) fn parse(raw: &str, flavour: Flavour) -> Result<Self, Error> {
        let plain = |key: String| Self::Object { key, base64: false };
        if flavour == Flavour::Thumbor {
            let key = percent_decode_str(raw).decode_utf8().map_err(|_| Error::Encoding("the path"))?;
            return Ok(plain(key.into_owned()));
        }
        if let Some(key) = raw.strip_prefix("b64:").and_then(decode_base64) {
            return Ok(Self::Object { key, base64: true });
        }
        let key = text::query_unescape(raw);
        Ok(match colour_image(&key) {
            Some(colour) => Self::Colour(colour),
            None => plain(key),
        })
    }

    /// How the picture is written so that it is read as the same.
    pub(super) fn to_path(&self, is_reserved: impl Fn(&str) -> bool) -> String {
        match self {
            Self::Object { key, base64: true } => format!("b64:{}", BASE64.encode(key)),
            Self::Object { key, base64: false } => text::escape_image(key, is_reserved),
            Self::Colour(Colour::TRANSPARENT) => "color:none".to_owned(),
            Self::Colour(colour) => format!("color:{}", colour.to_hex().to_ascii_lowercase()),
        }
    }

    /// Where the picture is stored. Slashes before the key are passed over, as the reference's file loader does.
    ///
    /// # Errors
    /// [`Error::NoKey`] for a picture of one colour, for no key, and for one that leads to another place: all of them
    /// are "not found" in the reference servers.
    pub fn locator(&self) -> Result<Locator, Error> {
        let Self::Object { key, .. } = self else { return Err(Error::NoKey) };
        key::checked(key.trim_start_matches('/')).map_err(|_| Error::NoKey)
    }
}

/// The text that base64url without padding encodes.
pub(in crate::thumbor) fn decode_base64(text: &str) -> Option<String> {
    String::from_utf8(BASE64.decode(text).ok()?).ok().filter(|key| !key.is_empty())
}

/// Base64url without padding.
pub(in crate::thumbor) fn encode_base64(text: &str) -> String {
    BASE64.encode(text)
}

/// The colour of `color:NAME`, or of 3, 6 or 8 hexadecimal digits; the prefix in any case.
fn colour_image(key: &str) -> Option<Colour> {
    let (prefix, colour) = key.split_once(':')?;
    if !prefix.eq_ignore_ascii_case("color") {
        return None;
    }
    match text::colour(colour, Flavour::Imagor) {
        None if colour.eq_ignore_ascii_case("none") || colour.eq_ignore_ascii_case("transparent") => {
            Some(Colour::TRANSPARENT)
        }
        found => found,
    }
}
