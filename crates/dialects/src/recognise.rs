//! Which language a URL speaks, where a mount takes several.

use crate::query::Parameter;
use crate::{dit, oss};

/// A language that a URL can be told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `x-oss-process`; also what says nothing about a picture but its key.
    Oss,
    /// That of Thumbor and imagor.
    Thumbor,
    /// That of Dynamic Image Transformation, Lambda engine.
    Dit,
}

/// Letters of a signature in Thumbor's language, padding included: SHA-1, SHA-256 and SHA-512.
const SIGNATURES: [usize; 3] = [28, 44, 88];

/// The language of a URL. `path` (from its slash on) and `query` are as on the wire. What is not sure to be another is
/// read as a key, perhaps with `x-oss-process`:
///
/// 1. `x-oss-process` in the query: OSS.
/// 2. A path that is base64 of a JSON object: Dynamic Image Transformation.
/// 3. A path that begins with `unsafe` or with a signature of full length: Thumbor.
/// 4. A path that begins with `fit-in`, a size or filters, or a query with a parameter of Dynamic Image Transformation:
///    that.
pub fn recognise(path: &str, query: Option<&str>) -> Form {
    let asks = |name: &str| Parameter::all(query).any(|parameter| parameter.is(name));
    if asks(oss::PROCESS) {
        return Form::Oss;
    }
    if dit::is_encoded(path) {
        return Form::Dit;
    }
    let (first, rest) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    if (first == "unsafe" || is_signature(first)) && !rest.is_empty() {
        return Form::Thumbor;
    }
    let is_option = first == "fit-in" || first.starts_with("filters:") || is_size(first);
    if is_option || dit::parameters().iter().any(|parameter| asks(parameter.name)) {
        return Form::Dit;
    }
    Form::Oss
}

/// Whether a segment of a path is as long as a signature of Thumbor's language, and padded as one.
pub fn is_signature(segment: &str) -> bool {
    let segment = segment.replace("%3D", "=").replace("%3d", "=");
    let letters = segment.trim_end_matches('=');
    SIGNATURES.contains(&segment.len())
        && (1..=2).contains(&(segment.len() - letters.len()))
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// `300x200`, `300x`, `x200`.
fn is_size(segment: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    segment.len() > 1 && segment.split_once('x').is_some_and(|(width, height)| digits(width) && digits(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_by_their_form() {
        for (target, form) in [
            ("/a.jpg?x-oss-process=image/resize,w_9", Form::Oss),
            ("/unsafe/a.jpg?x-oss-process=image/resize,w_9", Form::Oss),
            ("/a.jpg", Form::Oss),
            ("/unsafe", Form::Oss),
            ("/unsafe/300x200/a.jpg", Form::Thumbor),
            ("/nJv0pm5CPZjWaTVoKFfSgU6F3nU=/100x80/cat.jpg", Form::Thumbor),
            ("/nJv0pm5CPZjWaTVoKFfSgU6F3nU%3D/100x80/cat.jpg", Form::Thumbor),
            ("/a-directory-of-28-characters/cat.jpg", Form::Oss),
            ("/eyJrZXkiOiJjYXQucG5nIn0=", Form::Dit),
            ("/eyJrZXkiOiJjYXQucG5nIn0", Form::Dit),
            ("/MTIz", Form::Oss),
            ("/fit-in/300x200/a.jpg", Form::Dit),
            ("/300x200/a.jpg", Form::Dit),
            ("/filters:grayscale()/a.jpg", Form::Dit),
            ("/a.jpg?width=300&format=webp", Form::Dit),
            ("/a.jpg?v=300", Form::Oss),
            ("/", Form::Oss),
        ] {
            let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
            assert_eq!(recognise(path, query), form, "{target}");
        }
    }
}
