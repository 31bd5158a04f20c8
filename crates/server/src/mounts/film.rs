use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method};
use lightmill_mill::{Film, Job, KeptFilm, Mill, Origin, Validators};

use crate::delivery::body;
use crate::delivery::headers::{CACHE, content_type};
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;
use crate::layers::Outcome;

/// A clip, or the part of it that the request wants; and what belongs to these bytes. One that is made at the moment is
/// sent as it grows, from its beginning: it has no parts.
pub async fn answer(
    mill: &Mill,
    job: &Job,
    request: &Parts,
    known: Arc<Validators>,
    deadline: Instant,
) -> Result<(Response, Arc<Validators>), Problem> {
    // Nobody starts an encoder to learn its headers.
    if request.method == Method::HEAD {
        if let Some(kept) = mill.kept_film(job, &known).await {
            return Ok((told(body::absent(kept.size), kept.content_type, kept.from), known));
        }
        let mut response = Response::new(Body::empty());
        content_type(response.headers_mut(), job.film_type().unwrap_or_default());
        return Ok((response, known.growing()));
    }
    match mill.film(job, &known, deadline).await? {
        Film::Growing(film) => {
            let response = told(body::growing(&film), film.content_type, film.from);
            Ok((response, known.growing()))
        }
        Film::Kept(film) => Ok((kept(&film, request, &known).await?, known)),
    }
}

async fn kept(film: &KeptFilm, request: &Parts, known: &Validators) -> Result<Response, Problem> {
    let part = match wanted(&request.headers, film.size, &known.etag, known.last_modified) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Unsatisfiable => return Err(Problem::RangeNotSatisfiable(film.size)),
    };
    let is_part = part.is_some();
    let object = film.read(part.unwrap_or(0..film.size)).await?;
    Ok(told(body::of_object(object, is_part), film.content_type, film.from))
}

fn told(mut response: Response, media_type: &str, from: Origin) -> Response {
    content_type(response.headers_mut(), media_type);
    response.headers_mut().insert(CACHE, HeaderValue::from_static(from.name()));
    response.extensions_mut().insert(Outcome { cache: Some(from.name()), ..Outcome::default() });
    response
}
