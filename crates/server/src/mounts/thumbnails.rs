use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use lightmill_mill::{Job, Mill, Validators};

use super::hls::conditional;
use super::part::same_path;
use crate::delivery::body;
use crate::delivery::freshness::Passing;
use crate::delivery::headers::content_type;
use crate::errors::Problem;

/// `WebVTT`, W3C; its registration is section 9.1 of it.
const MEDIA_TYPE: &str = "text/vtt";

/// The track of thumbnails that belongs to the sheet that the rest of the URL stands for.
pub async fn answer(
    mill: &Mill,
    job: &Job,
    request: &Parts,
    known: &Validators,
    deadline: Instant,
) -> Result<(Response, Arc<Validators>), Problem> {
    // Nobody looks into a video to learn its headers.
    if request.method == Method::HEAD {
        let mut response = Response::new(Body::empty());
        content_type(response.headers_mut(), MEDIA_TYPE);
        response.extensions_mut().insert(Passing);
        return Ok((response, known.of_text("")));
    }
    let text = mill.thumbnails(job, known, &same_path(request.uri.query()), deadline).await?;
    let own = known.of_text(&text);
    let mut response = conditional(request, &own)?.unwrap_or_else(|| body::whole(text.into()));
    content_type(response.headers_mut(), MEDIA_TYPE);
    Ok((response, own))
}
