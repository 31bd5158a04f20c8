//! Pictures that clients send (Thumbor's upload API): `POST /image`, and `GET`, `HEAD`, `PUT` and `DELETE` of
//! `/image/ID/NAME`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use lightmill_dialects::{Request, Wish};
use lightmill_mill::{self as mill, BusyReason, Inspected, Place};
use lightmill_recipe::Locator;
use lightmill_store::Attributes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Semaphore;

use super::sent::{self, Sent};
use super::{Language, Mount, Service, original};
use crate::config;
use crate::delivery::headers;
use crate::errors::Problem;
use crate::tokens::Access;

/// Uploads that a mount reads at the same time; each is held in memory.
const AT_ONCE: usize = 8;

/// What stands in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a mount says about uploads, ready to take them.
#[derive(Debug)]
pub(super) struct Uploads {
    config: config::Uploads,
    pub access: Access,
    turns: Semaphore,
}

/// What a path means where pictures are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource<'a> {
    /// All of them.
    All,
    /// The one of this id, which may be none.
    One(&'a str),
}

impl<'a> Resource<'a> {
    /// `None` if the path below the mount is a picture's URL.
    pub fn of(within: &'a str) -> Option<Self> {
        let rest = within.strip_prefix("/image")?;
        match rest.strip_prefix('/') {
            None if rest.is_empty() => Some(Self::All),
            None => None,
            Some("") => Some(Self::All),
            Some(rest) => Some(Self::One(rest.split('/').next().unwrap_or_default())),
        }
    }
}

impl Uploads {
    pub fn new(config: &config::Uploads, access: Access) -> Self {
        Self { config: config.clone(), access, turns: Semaphore::new(AT_ONCE) }
    }

    /// The methods of an upload, as `Allow` tells them.
    fn allowed(&self) -> &'static str {
        match (self.config.put, self.config.delete) {
            (false, false) => "GET, HEAD",
            (true, false) => "GET, HEAD, PUT",
            (false, true) => "GET, HEAD, DELETE",
            (true, true) => "GET, HEAD, PUT, DELETE",
        }
    }

    fn place(&self, id: &str) -> Option<Place> {
        mill::Uploads::is_id(id).then(|| self.config.to.place(id))
    }

    /// Whether a picture of this size is taken.
    fn check_size(&self, inspected: &Inspected) -> Result<(), Problem> {
        let [width, height] = self.config.min_size;
        let size = inspected.size;
        if size.width >= width && size.height >= height {
            return Ok(());
        }
        let text = format!("has {}x{} pixels; {width}x{height} are the least", size.width, size.height);
        Err(Problem::UploadSize(text))
    }
}

impl Service {
    /// The answer to a request for `of`.
    pub(super) async fn upload(
        &self,
        mount: &Arc<Mount>,
        uploads: &Uploads,
        of: Resource<'_>,
        (request, body): (&Parts, Body),
        deadline: Instant,
    ) -> Result<Response, Problem> {
        match (of, &request.method) {
            (Resource::All, &Method::POST) => {
                uploads.access.admit(&request.headers).await?;
                let id = new_id()?;
                let name = self.keep(mount, uploads, &uploads.config.to.place(&id), (request, body), deadline).await?;
                created(&mount.path, &id, &name)
            }
            (Resource::All, _) => Err(Problem::MethodNotAllowed("POST")),
            (Resource::One(id), &Method::GET | &Method::HEAD) => {
                if !is_open(mount) {
                    uploads.access.admit(&request.headers).await?;
                }
                let place = uploads.place(id).ok_or_else(|| Problem::NoSuchKey(id.to_owned()))?;
                self.sent_back(mount, place, request, deadline).await
            }
            (Resource::One(id), &Method::PUT) if uploads.config.put => {
                uploads.access.admit(&request.headers).await?;
                let place = uploads.place(id).ok_or(Problem::BadId)?;
                self.keep(mount, uploads, &place, (request, body), deadline).await?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            (Resource::One(id), &Method::DELETE) if uploads.config.delete => {
                uploads.access.admit(&request.headers).await?;
                let place = uploads.place(id).ok_or_else(|| Problem::NoSuchKey(id.to_owned()))?;
                self.mill.take_back(&place).await?;
                Ok(empty(StatusCode::NO_CONTENT))
            }
            (Resource::One(_), _) => Err(Problem::MethodNotAllowed(uploads.allowed())),
        }
    }

    /// Reads what is sent, and writes it if it is a picture that is taken here. What its file is called.
    async fn keep(
        &self,
        mount: &Mount,
        uploads: &Uploads,
        place: &Place,
        (request, body): (&Parts, Body),
        deadline: Instant,
    ) -> Result<String, Problem> {
        let Ok(_turn) = uploads.turns.try_acquire() else {
            let (retry_after, reason) = (Duration::from_secs(1), BusyReason::QueueFull);
            return Err(Problem::Mill(mill::Error::Busy { retry_after, reason }));
        };
        let limits = &mount.rules.limits;
        let reading = sent::read(request, body, uploads.config.max_bytes);
        let reading = tokio::time::timeout_at(deadline.into(), reading).await;
        let Sent { bytes, name } = reading.map_err(|_| Problem::BodyLate(limits.time))??;
        let inspected = self.mill.inspect(bytes.clone(), limits).await.map_err(unfit)?;
        uploads.check_size(&inspected)?;
        let attributes =
            Attributes { content_type: Some(inspected.format.media_type().to_owned()), ..Attributes::default() };
        self.mill.upload(place, bytes, &attributes).await?;
        Ok(name.unwrap_or_else(|| format!("{}.{}", uploads.config.file_name, inspected.format.extension())))
    }

    /// An upload as it was sent.
    async fn sent_back(
        &self,
        mount: &Arc<Mount>,
        place: Place,
        request: &Parts,
        deadline: Instant,
    ) -> Result<Response, Problem> {
        let locator = Locator { source: Some(place.source), key: place.key };
        let wish = Request::new(locator, Wish::Original);
        let job = self.mill.resolve(&mount.rules, wish, mill::Asked::default()).await?;
        let mut response = self.show(mount, &job, request, deadline, None).await?;
        // Folders keep no media types.
        let is_unknown = response.headers().get(CONTENT_TYPE).is_some_and(|known| known == original::UNKNOWN);
        if is_unknown && let Some(media_type) = self.mill.media_type(&job).await? {
            headers::content_type(response.headers_mut(), media_type);
        }
        Ok(response)
    }
}

/// Whether stored pictures are shown to everyone: an id has no place for a signature.
fn is_open(mount: &Mount) -> bool {
    matches!(&mount.language, Language::Thumbor(thumbor) if thumbor.allow_unsafe)
}

/// What is wrong with a picture is told as what it is for who sends it.
fn unfit(error: mill::Error) -> Problem {
    use mill::ErrorKind as Of;
    match (&error, error.kind()) {
        (mill::Error::Limit(limit), _) => Problem::UploadSize(format!("is over a limit: {limit}")),
        (_, Of::SourceTooLarge) => Problem::UploadSize(format!("is over a limit: {error}")),
        (_, Of::Unsupported | Of::Corrupt | Of::BadRequest) => Problem::UploadFormat(error.to_string()),
        _ => error.into(),
    }
}

/// 128 bits that nobody can guess.
fn new_id() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|error| Problem::Mill(mill::Error::Internal { detail: error.to_string() }))?;
    Ok(hex::encode(bytes))
}

fn created(mount: &str, id: &str, name: &str) -> Result<Response, Problem> {
    let mount = mount.trim_end_matches('/');
    let location = format!("{mount}/image/{id}/{}", utf8_percent_encode(name, SEGMENT));
    let location = HeaderValue::try_from(location)
        .map_err(|error| Problem::Mill(mill::Error::Internal { detail: error.to_string() }))?;
    let mut response = empty(StatusCode::CREATED);
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    Ok(response)
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_uploads() {
        for (path, expected) in [
            ("/image", Some(Resource::All)),
            ("/image/", Some(Resource::All)),
            ("/image/ab", Some(Resource::One("ab"))),
            ("/image/ab/c/d.jpg", Some(Resource::One("ab"))),
            ("/image//d.jpg", Some(Resource::One(""))),
            ("/images/ab", None),
            ("/unsafe/image/ab", None),
        ] {
            assert_eq!(Resource::of(path), expected, "{path}");
        }
    }

    #[test]
    fn ids_differ_and_are_ids() {
        let ids = [new_id().unwrap(), new_id().unwrap()];
        assert!(ids.iter().all(|id| mill::Uploads::is_id(id)) && ids[0] != ids[1], "{ids:?}");
    }

    #[test]
    fn a_location_is_a_header_whatever_the_name() {
        let response = created("/img", "0123", "a b/ü\r\n?.jpg").unwrap();
        assert_eq!(response.headers()[LOCATION], "/img/image/0123/a%20b%2F%C3%BC%0D%0A%3F.jpg");
        assert_eq!(created("/", "0123", "a.jpg").unwrap().headers()[LOCATION], "/image/0123/a.jpg");
    }
}
