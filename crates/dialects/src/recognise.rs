//! Which language a URL speaks, where a mount takes several.

use crate::query::Parameter;
use crate::{dit, dit_ecs, oss};

/// A language that a URL can be told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `x-oss-process`; also what says nothing about a picture but its key.
    Oss,
    /// That of Thumbor and imagor.
    Thumbor,
    /// That of Dynamic Image Transformation, Lambda engine.
    Dit,
    /// That of its ECS engine.
    DitEcs,
}

/// Letters of a signature in Thumbor's language, padding included: SHA-1, SHA-256 and SHA-512.
const SIGNATURES: [usize; 3] = [28, 44, 88];

/// The language of a URL. `path` (from its slash on) and `query` are as on the wire; `dit_ecs`: whether that language is
/// spoken at all. What is not sure to be another is read as a key, perhaps with `x-oss-process`:
///
/// 1. `x-oss-process` in the query: OSS.
/// 2. A path that is base64 of a JSON object: Dynamic Image Transformation, ECS engine if it has a `path` and neither `bucket`
///    nor `key`, else Lambda engine.
/// 3. A path that begins with `unsafe` or with a signature of full length: Thumbor.
/// 4. A path that begins with `fit-in`, a size or filters: Dynamic Image Transformation, Lambda engine.
/// 5. A query with a parameter of its ECS engine alone and none of its Lambda engine alone: the ECS engine; with any other
///    parameter of the Lambda engine: that.
pub fn recognise(path: &str, query: Option<&str>, dit_ecs: bool) -> Form {
    let asks = |name: &str| Parameter::all(query).any(|parameter| parameter.is(name));
    if asks(oss::PROCESS) {
        return Form::Oss;
    }
    if dit_ecs && dit_ecs::is_encoded(path) {
        return Form::DitEcs;
    }
    if dit::is_encoded(path) {
        return Form::Dit;
    }
    let (first, rest) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    if (first == "unsafe" || is_signature(first)) && !rest.is_empty() {
        return Form::Thumbor;
    }
    let is_option = first == "fit-in" || first.starts_with("filters:") || is_size(first);
    let of_lambda = |parameter: &Parameter<'_>| dit::parameters().iter().any(|own| parameter.is(own.name));
    let of_ecs_too = |parameter: &Parameter<'_>| {
        dit_ecs::transformations()
            .iter()
            .any(|own| parameter.is(own.name) || own.aliases.iter().any(|alias| parameter.is(alias)))
    };
    if is_option {
        return Form::Dit;
    }
    let lambda_alone = || Parameter::all(query).any(|parameter| of_lambda(&parameter) && !of_ecs_too(&parameter));
    if dit_ecs && Parameter::all(query).any(|parameter| dit_ecs::says(&parameter)) && !lambda_alone() {
        return Form::DitEcs;
    }
    if Parameter::all(query).any(|parameter| of_lambda(&parameter)) { Form::Dit } else { Form::Oss }
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
            assert_eq!(recognise(path, query, false), form, "{target}");
        }
    }

    #[test]
    fn the_ecs_engine_is_told_where_it_is_spoken_and_unambiguous() {
        for (target, form) in [
            ("/a.jpg?resize.width=300", Form::DitEcs),
            ("/a.jpg?resize[width]=300&format=webp", Form::DitEcs),
            ("/a.jpg?resize%5Bwidth%5D=300", Form::DitEcs),
            ("/a.jpg?policyId=web", Form::DitEcs),
            ("/a.jpg?blur=5&quality=80", Form::DitEcs),
            ("/eyJwYXRoIjoiL2EuanBnIn0", Form::DitEcs),
            ("/eyJrZXkiOiJjYXQucG5nIn0", Form::Dit),
            ("/a.jpg?format=webp", Form::Dit),
            ("/a.jpg?width=300&blur=5", Form::Dit),
            ("/300x200/a.jpg?blur=5", Form::Dit),
            ("/unsafe/300x200/a.jpg?blur=5", Form::Thumbor),
            ("/a.jpg?x-oss-process=image/resize,w_9&blur=5", Form::Oss),
            ("/a.jpg", Form::Oss),
            ("/a.jpg?resize.=1&v.1=2&%ff.x=1", Form::Oss),
        ] {
            let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
            assert_eq!(recognise(path, query, true), form, "{target}");
            if form == Form::DitEcs {
                assert_ne!(recognise(path, query, false), form, "{target}");
            }
        }
    }
}
