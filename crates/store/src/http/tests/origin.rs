//! An origin that behaves, with the manners that a test wants.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HOST, LAST_MODIFIED, RANGE,
};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What an origin does differently from others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manners {
    pub(super) head: bool,
    pub(super) ranges: bool,
    pub(super) tag: Tag,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Strong,
    Weak,
    /// `Last-Modified` alone, which is the same for all.
    None,
}

impl Default for Manners {
    fn default() -> Self {
        Self { head: true, ranges: true, tag: Tag::Strong }
    }
}

/// Objects below `/media/`. It stops listening when the runtime ends.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) base: String,
    manners: Manners,
    objects: Arc<Mutex<HashMap<String, (Bytes, usize)>>>,
    requests: Arc<Mutex<Vec<(Method, HeaderMap)>>>,
}

impl Origin {
    pub(super) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/media", listener.local_addr().unwrap());
        let origin = Self { base, manners, objects: Arc::default(), requests: Arc::default() };
        let server = origin.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(TokioIo::new(stream)));
            }
        });
        origin
    }

    /// Answers the requests of one connection.
    pub(super) async fn serve(self, stream: impl hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static) {
        let service = service_fn(|request| std::future::ready(Ok::<_, Infallible>(self.answer(&request))));
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await;
    }

    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        let mut objects = self.objects.lock().unwrap();
        let version = objects.len() + objects.get(key).map_or(0, |object| object.1 + 1);
        objects.insert(key.to_owned(), (Bytes::copy_from_slice(bytes), version));
    }

    pub(super) fn requests(&self) -> Vec<(Method, HeaderMap)> {
        self.requests.lock().unwrap().clone()
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        assert!(request.headers().contains_key(HOST));
        self.requests.lock().unwrap().push((request.method().clone(), request.headers().clone()));
        let mut response = Response::new(Full::default());
        let key = request.uri().path().strip_prefix("/media/").unwrap();
        let key = percent_encoding::percent_decode_str(key).decode_utf8().unwrap();
        let Some((bytes, version)) = self.objects.lock().unwrap().get(&*key).cloned() else {
            *response.status_mut() = StatusCode::NOT_FOUND;
            *response.body_mut() = Full::from("no such thing");
            return response;
        };
        if request.method() == Method::HEAD && !self.manners.head {
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(ALLOW, "GET".parse().unwrap());
            return response;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, "image/jpeg".parse().unwrap());
        headers.insert(CACHE_CONTROL, "max-age=60".parse().unwrap());
        headers.append(CACHE_CONTROL, "public".parse().unwrap());
        headers.insert(LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        match self.manners.tag {
            Tag::Strong => drop(headers.insert(ETAG, format!("\"{version}\"").parse().unwrap())),
            Tag::Weak => drop(headers.insert(ETAG, format!("W/\"{version}\"").parse().unwrap())),
            Tag::None => {}
        }
        let size = bytes.len() as u64;
        let asked = request.headers().get(RANGE).filter(|_| self.manners.ranges).map(|range| range.to_str().unwrap());
        let Some(asked) = asked else {
            headers.insert(CONTENT_LENGTH, size.into());
            *response.body_mut() = Full::new(bytes);
            return response;
        };
        let (first, last) = asked.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
        let first: u64 = first.parse().unwrap();
        if first >= size {
            *headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, format!("bytes */{size}").parse().unwrap());
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            return response;
        }
        let end = last.parse().map_or(size, |last: u64| size.min(last + 1));
        headers.insert(CONTENT_RANGE, format!("bytes {first}-{}/{size}", end - 1).parse().unwrap());
        *response.body_mut() = Full::new(bytes.slice(first as usize..end as usize));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response
    }
}
