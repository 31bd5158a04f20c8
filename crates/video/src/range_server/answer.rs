use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Frame, Incoming};
use subtle::ConstantTimeEq;

use super::body;
use super::range::Wanted;
use super::server::Shared;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The answer to one request: all or a part of the video for `GET` and `HEAD` of the one path.
pub(super) fn answer(shared: &Arc<Shared>, request: &Request<Incoming>) -> Response<Body> {
    if !bool::from(request.uri().path().as_bytes().ct_eq(shared.path.as_bytes())) {
        return empty(StatusCode::NOT_FOUND);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let size = shared.source.size();
    let range = request.headers().get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, part) = match Wanted::read(range, size) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Nothing => {
            let mut response = empty(StatusCode::RANGE_NOT_SATISFIABLE);
            set(&mut response, header::CONTENT_RANGE, format!("bytes */{size}"));
            return response;
        }
    };
    let stated = part.clone();
    let content = if request.method() == Method::HEAD || part.is_empty() {
        nothing()
    } else {
        let Ok(place) = Arc::clone(&shared.answers).try_acquire_owned() else {
            return empty(StatusCode::SERVICE_UNAVAILABLE);
        };
        let pieces = body::pieces(Arc::clone(shared), part, place).map(|piece| piece.map(Frame::data));
        StreamBody::new(pieces).boxed_unsync()
    };
    let mut response = Response::new(content);
    *response.status_mut() = status;
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, header::CONTENT_RANGE, format!("bytes {}-{}/{size}", stated.start, stated.end - 1));
    }
    set(&mut response, header::CONTENT_LENGTH, (stated.end - stated.start).to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    set(&mut response, header::CONTENT_TYPE, "application/octet-stream".to_owned());
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(nothing());
    *response.status_mut() = status;
    response
}

fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

fn set(response: &mut Response<Body>, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}
