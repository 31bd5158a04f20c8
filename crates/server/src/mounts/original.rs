use std::sync::Arc;

use axum::response::Response;
use http::Method;
use http::request::Parts;
use lightmill_mill::{Job, Mill, Validators};
use lightmill_store::Stat;

use crate::delivery::body;
use crate::delivery::headers::content_type;
use crate::delivery::range::{Wanted, wanted};
use crate::errors::Problem;

/// What an object is where its source does not know better.
pub const UNKNOWN: &str = "application/octet-stream";

/// The stored bytes, or the part of them that the request wants, streamed; and what belongs to these bytes, which may
/// be newer than `known`.
pub async fn answer(
    mill: &Mill,
    job: &Job,
    request: &Parts,
    known: Arc<Validators>,
) -> Result<(Response, Arc<Validators>), Problem> {
    let stat = known.stats.first();
    if let (&Method::HEAD, Some(stat)) = (&request.method, stat) {
        return Ok((typed(body::absent(stat.size), stat), known));
    }
    let size = stat.map_or(0, |stat| stat.size);
    let range = match wanted(&request.headers, size, &known.etag, known.last_modified) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Unsatisfiable => return Err(Problem::RangeNotSatisfiable(size)),
    };
    let object = mill.original(job, range.clone()).await?;
    if Some(&object.stat) == stat {
        return Ok((typed(body::of_object(object, range.is_some()), &known.stats[0]), known));
    }
    // The range was meant for another version.
    let object = if range.is_some() { mill.original(job, None).await? } else { object };
    let stat = object.stat.clone();
    Ok((typed(body::of_object(object, false), &stat), job.validators(vec![stat])))
}

fn typed(mut response: Response, stat: &Stat) -> Response {
    content_type(response.headers_mut(), stat.content_type.as_deref().unwrap_or(UNKNOWN));
    response
}
