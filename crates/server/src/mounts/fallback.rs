use std::time::Instant;

use axum::response::Response;
use http::header::{
    ACCEPT_RANGES, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, VARY,
};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use lightmill_mill::Job;

use super::{Mount, Service};
use crate::config::Fallback;
use crate::delivery::headers::{DEGRADED, FALLBACK, fresh};
use crate::errors::{self, Problem};
use crate::layers::Outcome;

impl Service {
    /// Another picture in the place of one that is missing or no good, for a short time; `problem` if that is no better.
    pub(super) async fn fall_back(
        &self,
        problem: Problem,
        fallback: &Fallback,
        mount: &Mount,
        job: &Job,
        request: &Parts,
        deadline: Instant,
    ) -> Result<Response, Problem> {
        let mut request = request.clone();
        // What the client has is of the picture that is missing.
        for header in [RANGE, IF_RANGE, IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE] {
            request.headers.remove(header);
        }
        let other = job.instead(fallback.place.clone());
        let (mut response, _) = match self.deliver(mount, &other, &request, deadline).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, place = ?fallback.place, "a fallback picture cannot be shown");
                return Err(problem);
            }
        };
        errors::log(&problem);
        *response.status_mut() =
            fallback.status.or_else(|| StatusCode::from_u16(problem.status()).ok()).unwrap_or_default();
        response.extensions_mut().get_or_insert_default::<Outcome>().error = Some(problem.name());
        let headers = response.headers_mut();
        headers.remove(ACCEPT_RANGES);
        headers.insert(FALLBACK, HeaderValue::from_static(problem.name()));
        let cache_control = if headers.contains_key(DEGRADED) {
            "no-store".to_owned()
        } else {
            format!("public, max-age={}", fallback.time.as_secs())
        };
        fresh(headers, HeaderValue::from_str(&cache_control).unwrap_or(HeaderValue::from_static("no-store")));
        if let Some(vary) = mount.vary(job.directives()) {
            headers.insert(VARY, vary);
        }
        Ok(response)
    }
}
