use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Uri};
use lightmill_mill::{Error, HlsAnswer, Job, Mill, Validators};
use lightmill_recipe::video::HlsPart;

use super::service::not_modified;
use crate::delivery::body;
use crate::delivery::freshness::Passing;
use crate::delivery::headers::{CACHE, content_type};
use crate::delivery::precondition::{Precondition, evaluate};
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;
use crate::layers::Outcome;

/// The parameter that names a part of a video. The rest of the URL is that of the video's first playlist, its signature
/// included: whoever may have that may have its parts.
const PART: &str = "lm-part=";

/// Takes the part out of the request's URL, and keeps it among the request's extensions.
///
/// # Errors
/// [`Error::NoSuchPart`] for a name that no part has, or several.
pub fn take_part(request: &mut Parts) -> Result<(), Problem> {
    let Some(query) = request.uri.query().filter(|query| query.contains(PART)) else { return Ok(()) };
    let (parts, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|one| one.starts_with(PART));
    let part: HlsPart = match parts[..] {
        [] => return Ok(()),
        [part] => part[PART.len()..].parse().map_err(|_| Error::NoSuchPart)?,
        _ => return Err(Error::NoSuchPart.into()),
    };
    let rest = rest.join("&");
    let path = request.uri.path();
    let target = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
    let mut uri = std::mem::take(&mut request.uri).into_parts();
    // A part of what was one already.
    uri.path_and_query = Some(PathAndQuery::try_from(target).map_err(|_| Problem::BadTarget)?);
    request.uri = Uri::from_parts(uri).map_err(|_| Problem::BadTarget)?;
    request.extensions.insert(part);
    Ok(())
}

/// A part of an HLS video, or its first playlist; and what belongs to these bytes.
pub async fn answer(
    mill: &Mill,
    job: &Job,
    request: &Parts,
    known: &Validators,
    deadline: Instant,
) -> Result<(Response, Arc<Validators>), Problem> {
    let part = request.extensions.get::<HlsPart>().copied();
    let media_type = part.unwrap_or(HlsPart::Playlist(0)).media_type();
    let of_media = part.filter(|part| part.is_media()).map(|part| known.of_part(part));
    if let Some(own) = &of_media
        && let Some(answer) = conditional(request, own)?
    {
        return Ok((answer, Arc::clone(own)));
    }
    // Nobody starts an encoder to learn its headers.
    if request.method == Method::HEAD {
        let mut response = Response::new(Body::empty());
        content_type(response.headers_mut(), media_type);
        response.extensions_mut().insert(Passing);
        return Ok((response, of_media.unwrap_or_else(|| known.of_text(""))));
    }
    let uri = |part| uri(request.uri.query(), part);
    let (text, is_final) = match mill.hls(job, known, part, &uri, deadline).await? {
        HlsAnswer::Playlist { text, is_final } => (text, is_final),
        HlsAnswer::Status(status) => {
            let text = serde_json::to_string(&status);
            (text.map_err(|error| Error::Internal { detail: error.to_string() })?, false)
        }
        HlsAnswer::Media { bytes, from } => {
            let own = of_media.unwrap_or_else(|| known.of_text(""));
            let mut response = media(bytes, request, &own)?;
            content_type(response.headers_mut(), media_type);
            response.headers_mut().insert(CACHE, HeaderValue::from_static(from.name()));
            response.extensions_mut().insert(Outcome { cache: Some(from.name()), ..Outcome::default() });
            return Ok((response, own));
        }
    };
    let own = known.of_text(&text);
    let mut response = conditional(request, &own)?.unwrap_or_else(|| body::whole(text.into()));
    content_type(response.headers_mut(), media_type);
    if !is_final {
        response.extensions_mut().insert(Passing);
    }
    Ok((response, own))
}

fn media(bytes: Bytes, request: &Parts, own: &Validators) -> Result<Response, Problem> {
    let size = bytes.len() as u64;
    match wanted(&request.headers, size, &own.etag, own.last_modified) {
        Wanted::Whole => Ok(body::whole(bytes)),
        Wanted::Part(range) => Ok(body::part(&bytes, &range)),
        Wanted::Unsatisfiable => Err(Problem::RangeNotSatisfiable(size)),
    }
}

/// The answer to a client that has it already.
fn conditional(request: &Parts, own: &Validators) -> Result<Option<Response>, Problem> {
    match evaluate(&request.headers, &own.etag, own.last_modified) {
        Precondition::Proceed => Ok(None),
        Precondition::NotModified => Ok(Some(not_modified())),
        Precondition::Failed => Err(Problem::PreconditionFailed),
    }
}

/// Where a part is fetched: a reference that stands for the same path (RFC 3986, section 5.2.2).
fn uri(query: Option<&str>, part: HlsPart) -> String {
    // It stands between quotes in a playlist.
    let query = query.unwrap_or_default().replace('"', "%22");
    let separator = if query.is_empty() { "" } else { "&" };
    format!("?{query}{separator}{PART}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str) -> Parts {
        http::Request::get(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_part_is_taken_out_of_the_url_and_put_back() {
        for (target, part, left) in [
            ("/a.mp4?x=1&y=2", None, "/a.mp4?x=1&y=2"),
            ("/a.mp4", None, "/a.mp4"),
            ("/a.mp4?x=lm-part=1", None, "/a.mp4?x=lm-part=1"),
            ("/a.mp4?lm-part=init_0.mp4", Some(HlsPart::Init(0)), "/a.mp4"),
            ("/a.mp4?x=%22&lm-part=init_1.mp4&y", Some(HlsPart::Init(1)), "/a.mp4?x=%22&y"),
            ("http://h:1/a?lm-part=status.json", Some(HlsPart::Status), "http://h:1/a"),
        ] {
            let mut request = request(target);
            take_part(&mut request).unwrap();
            assert_eq!(request.extensions.get(), part.as_ref(), "{target}");
            assert_eq!(request.uri.to_string(), left, "{target}");
        }
        for wrong in ["/a?lm-part=", "/a?lm-part=../x", "/a?lm-part=init_0.mp4&lm-part=init_0.mp4"] {
            assert!(matches!(take_part(&mut request(wrong)), Err(Problem::Mill(Error::NoSuchPart))), "{wrong}");
        }
        assert_eq!(uri(Some("x=1"), HlsPart::Init(0)), "?x=1&lm-part=init_0.mp4");
        assert_eq!(uri(None, HlsPart::Playlist(2)), "?lm-part=playlist_2.m3u8");
    }
}
