//! Bodies: bytes in memory, and objects streamed as fast as the client takes them.

use std::ops::Range;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE};
use http::{HeaderValue, StatusCode};
use lightmill_mill::Growing;
use lightmill_store::Object;

/// Headers that an answer has, more or less.
const HEADERS: usize = 16;

/// 200 with all of `bytes`.
pub fn whole(bytes: Bytes) -> Response {
    let size = bytes.len() as u64;
    framed(Body::from(bytes), size)
}

/// 206 with the bytes of `range`, which lies within `bytes`.
pub fn part(bytes: &Bytes, range: &Range<u64>) -> Response {
    // Within the bytes, whose length is a usize.
    let body = bytes.slice(range.start as usize..range.end as usize);
    partial(Body::from(body), range, bytes.len() as u64)
}

/// The answer to a `HEAD` for `size` bytes.
pub fn absent(size: u64) -> Response {
    framed(Body::empty(), size)
}

/// 200, or 206 if a part was asked for, with an object's body. Nothing is read ahead: the next piece is asked for when
/// the connection has taken the last one. On an error the connection is closed, so that the client sees that bytes are
/// missing.
pub fn of_object(object: Object, is_part: bool) -> Response {
    let Object { stat, range, body } = object;
    // Compression asks again after the end.
    let body = Body::from_stream(body.fuse());
    if is_part { partial(body, &range, stat.size) } else { framed(body, range.end - range.start) }
}

/// 200 with a body whose length nobody knows yet. On an error the connection is closed, as in [`of_object`].
pub fn growing(film: &Growing) -> Response {
    let mut response = Response::new(Body::from_stream(film.body().fuse()));
    response.headers_mut().reserve(HEADERS);
    response
}

fn framed(body: Body, length: u64) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().reserve(HEADERS);
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn partial(body: Body, range: &Range<u64>, size: u64) -> Response {
    let mut response = framed(body, range.end - range.start);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let value = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
    // Digits are always the value of a header.
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn parts_and_wholes() {
        let bytes = Bytes::from_static(b"0123456789");
        let response = part(&bytes, &(2..5));
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(response.headers()[CONTENT_RANGE], "bytes 2-4/10");
        assert_eq!(response.headers()[CONTENT_LENGTH], "3");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "234");

        let response = whole(bytes.clone());
        assert_eq!((response.status(), &response.headers()[CONTENT_LENGTH]), (StatusCode::OK, &"10".parse().unwrap()));
        assert!(!response.headers().contains_key(CONTENT_RANGE));
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), bytes);

        let response = absent(10);
        assert_eq!(response.headers()[CONTENT_LENGTH], "10");
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
    }
}
