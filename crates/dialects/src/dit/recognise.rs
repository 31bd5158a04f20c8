//! Which form a path has.

use percent_encoding::percent_decode_str;

use super::{Error, Options};
use crate::base64url;
use crate::sharp::Json;

/// The form of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    /// JSON in base64.
    Default(Json),
    /// A path that is rewritten and then read in Thumbor's style.
    Custom,
    /// A path in Thumbor's style.
    Thumbor,
}

/// File name extensions of what is read, in lower case.
const EXTENSIONS: [&str; 9] = ["jpg", "jpeg", "png", "webp", "tiff", "tif", "svg", "gif", "avif"];

/// The form of `path`, which is as on the wire.
pub(super) fn recognise(path: &str, options: &Options) -> Result<Form, Error> {
    if let Some(json) = base64_json(path.strip_prefix('/').unwrap_or(path)) {
        return Ok(Form::Default(json));
    }
    if options.rewrite.is_some() {
        return Ok(Form::Custom);
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let known = |extension: &str| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known));
    match last.rsplit_once('.') {
        Some((_, extension)) if !known(extension) => Err(Error::RequestType),
        _ => Ok(Form::Thumbor),
    }
}

/// Whether the path is a JSON object in base64.
pub fn is_encoded(path: &str) -> bool {
    matches!(base64_json(path.strip_prefix('/').unwrap_or(path)), Some(Json::Object(_)))
}

/// The JSON object or array that `text` encodes, in the standard alphabet or that of URLs (RFC 4648, sections 4 and 5),
/// padded or not, with percent-encoded signs or without.
///
/// What decodes to other JSON (`MTIz` is 123) and what mixes both alphabets may as well be the name of a file, and is
/// none of it.
fn base64_json(text: &str) -> Option<Json> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    let has = |signs: [char; 2]| decoded.contains(signs);
    if !is_base64(&decoded) || (has(['+', '/']) && has(['-', '_'])) {
        return None;
    }
    let json = serde_json::from_str(&base64url::decode(&decoded)?).ok()?;
    matches!(json, Json::Object(_) | Json::List(_)).then_some(json)
}

/// Letters of either alphabet, and at most two `=` behind them.
fn is_base64(text: &str) -> bool {
    let letters = text.trim_end_matches('=');
    text.len() - letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

    use super::*;

    fn form(path: &str) -> Result<Form, Error> {
        recognise(path, &Options::default())
    }

    #[test]
    fn base64_in_every_spelling() {
        let text = r#"{"key":"~~~???.png","x":"ÿþ"}"#;
        let json = Form::Default(serde_json::from_str(text).unwrap());
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let path = format!("/{}", engine.encode(text));
            assert_eq!(form(&path), Ok(json.clone()), "{path}");
            assert_eq!(form(&path.replace('=', "%3D").replace('+', "%2B")), Ok(json.clone()), "{path}");
        }
    }

    #[test]
    fn what_may_be_a_path_is_one() {
        let mixed = "/eyJrZXkiOiJ-fn4/Pz8ifQ";
        for path in
            ["/MTIz", "/bnVsbA==", "/fit-in/60x40/abcd", "/abcd", "/folder/noext", "/", "/a.b/c", "/A.JPG", mixed]
        {
            assert_eq!(form(path), Ok(Form::Thumbor), "{path}");
        }
        for path in ["/pic.bmp", "/a.b.pdf", "/120x90/pic.heic", "/a."] {
            assert_eq!(form(path), Err(Error::RequestType), "{path}");
        }
    }
}
