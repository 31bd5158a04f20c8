use axum::body::Body;
use axum::response::Response;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Problem, Shape};
use crate::layers::Outcome;

/// The answer to `problem`. What a client must not read goes to the log, where `request_id` finds it.
pub fn answer(problem: &Problem, shape: Shape, request_id: &str) -> Response {
    log(problem);
    let (content_type, body) = shape.body(problem, request_id);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = shape.status(problem);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    explain(headers, problem);
    response.extensions_mut().insert(Outcome { error: Some(problem.name()), ..Outcome::default() });
    response
}

/// Writes down what a client must not read.
pub fn log(problem: &Problem) {
    let (status, name) = problem.kind().answer();
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), name, detail = ?problem, "a request failed");
    } else {
        tracing::debug!(status = status.as_u16(), name, detail = ?problem, "a request was refused");
    }
}

/// The answer to a panic, which has been logged.
pub fn internal() -> Response {
    answer(&Problem::Panic, Shape::default(), "")
}

/// Headers that say what would be right.
fn explain(headers: &mut HeaderMap, problem: &Problem) {
    match problem {
        Problem::MethodNotAllowed(allowed) => {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        Problem::Unauthorized => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Problem::RangeNotSatisfiable(size) => insert(headers, CONTENT_RANGE, &format!("bytes */{size}")),
        _ => {}
    }
    if let Some(wait) = problem.retry_after() {
        insert(headers, RETRY_AFTER, &wait.as_secs().max(1).to_string());
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Digits and words of our own: always the value of a header.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt;
    use lightmill_mill::{BusyReason, Error};

    use super::*;

    async fn body(problem: &Problem) -> String {
        let bytes = answer(problem, Shape::Oss, "").into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn bodies_have_the_shape_of_the_reference_servers() {
        let missing = Problem::Mill(lightmill_store::Error::NotFound.into());
        let expected = r#"{"status":404,"name":"NoSuchKey","message":"The specified key does not exist."}"#;
        assert_eq!(body(&missing).await, expected);
        let forbidden = Problem::Mill(Error::OriginalsForbidden);
        let expected = r#"{"status":403,"name":"ForbiddenError","message":"Please visit s3 directly"}"#;
        assert_eq!(body(&forbidden).await, expected);
    }

    #[tokio::test]
    async fn details_stay_inside() {
        let secret = "/srv/photos on fire";
        for problem in [
            Problem::Mill(Error::Internal { detail: secret.to_owned() }),
            Problem::Mill(lightmill_store::Error::unavailable(secret).into()),
            Problem::Mill(lightmill_image::Error::Internal { detail: secret.to_owned() }.into()),
        ] {
            assert!(!body(&problem).await.contains("fire"), "{problem:?}");
        }
    }

    #[test]
    fn refusals_say_what_would_be_right() {
        let busy = Error::Busy { retry_after: Duration::from_secs(7), reason: BusyReason::QueueFull };
        let busy = answer(&Problem::Mill(busy), Shape::Oss, "");
        assert_eq!((busy.status().as_u16(), &busy.headers()[RETRY_AFTER]), (429, &HeaderValue::from_static("7")));
        assert_eq!(answer(&Problem::MethodNotAllowed("GET, HEAD"), Shape::Oss, "").headers()[ALLOW], "GET, HEAD");
        assert_eq!(answer(&Problem::RangeNotSatisfiable(9), Shape::Oss, "").headers()[CONTENT_RANGE], "bytes */9");
        assert!(!answer(&Problem::NoMount, Shape::Oss, "").headers().contains_key(RETRY_AFTER));
        assert_eq!(answer(&Problem::Panic, Shape::Oss, "").headers()[CACHE_CONTROL], "no-store");
    }
}
