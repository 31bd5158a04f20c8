use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use lightmill_dialects::client_hints::ClientHints;
use lightmill_dialects::{Directives, Wish};
use lightmill_mill::{Asked, Job, Mill, Validators};

use super::jobs::{Jobs, Question};
use super::language::{Said, read};
use super::original::UNKNOWN;
use super::part::Part;
use super::{Mount, Table, Target, blacklist, film, health, hls, original, result, thumbnails, uploads};
use crate::delivery::freshness::Passing;
use crate::delivery::headers::{self, DEGRADED, Description, describe};
use crate::delivery::precondition::{Precondition, evaluate};
use crate::delivery::{Cors, Disposition, body, freshness};
use crate::errors::{self, Problem, Shape};
use crate::jobs::Desk;
use crate::layers::{Outcome, RequestId};
use crate::telemetry::metrics::Traffic;
use crate::tokens::Tokens;

/// The header that chooses among the sources of a mount.
const BUCKET: HeaderName = HeaderName::from_static("x-bucket");

/// Everything that answers requests: the mounts and the mill behind them.
#[derive(Debug)]
pub struct Service {
    pub(super) mill: Mill,
    jobs: Jobs,
    mounts: Table,
    tokens: Option<Tokens>,
    desk: Option<Arc<Desk>>,
    uri_bytes: usize,
    timing: bool,
}

impl Service {
    /// `tokens`: of those who may change something; `uri_bytes`: the longest target that is read. `timing`: whether `Server-Timing` is sent.
    pub fn new(mill: Mill, mounts: Table, tokens: Option<Tokens>, uri_bytes: usize, timing: bool) -> Self {
        Self { mill, jobs: Jobs::new(), mounts, tokens, desk: None, uri_bytes, timing }
    }

    /// The same, which takes jobs.
    #[must_use]
    pub(crate) fn with_desk(self, desk: Option<Arc<Desk>>) -> Self {
        Self { desk, ..self }
    }

    /// Where jobs are put, if they are taken.
    pub(crate) fn desk(&self) -> Option<&Arc<Desk>> {
        self.desk.as_ref()
    }

    /// The mill behind the mounts.
    pub fn mill(&self) -> &Mill {
        &self.mill
    }

    /// The tokens of those who may change something; nobody may without any.
    pub fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    /// Waits until every result is written to where it outlives the process, for `time` at most.
    pub async fn settle(&self, time: Duration) {
        if tokio::time::timeout(time, self.mill.settle()).await.is_err() {
            tracing::warn!("some results were not written within the drain time: they will be made again");
        }
    }

    /// Bytes of the longest target that is read.
    pub(super) fn uri_bytes(&self) -> usize {
        self.uri_bytes
    }

    /// The mounts.
    pub fn mounts(&self) -> &Table {
        &self.mounts
    }

    /// What is counted about requests to the mount that answers this one.
    pub fn traffic<B>(&self, request: &http::Request<B>) -> Option<Arc<Traffic>> {
        if let Some((desk, _)) = self.desk_at(request.uri().path()) {
            return Some(Arc::clone(desk.traffic()));
        }
        let host = host(request.uri(), request.headers());
        self.mounts.find(host, request.uri().path()).map(|(mount, _)| Arc::clone(&mount.traffic))
    }

    /// Answers a request, whatever comes.
    pub async fn answer(&self, request: http::Request<Body>) -> Response {
        let (mut request, body) = request.into_parts();
        let start = Instant::now();
        let part = Part::take(&mut request);
        let path = request.uri.path();
        let id = request.extensions.get::<RequestId>().map(|id| Arc::clone(&id.0)).unwrap_or_default();
        if let Some((desk, within)) = self.desk_at(path) {
            return desk.answer(self, within, (&request, body), &id).await;
        }
        let Some((mount, within)) = self.mounts.find(host(&request.uri, &request.headers), path) else {
            return errors::answer(&Problem::NoMount, Shape::default(), &id);
        };
        let limit = mount.rules.limits.time;
        let answered = pin!(async {
            part?;
            self.answer_in(mount, within, (&request, body), start + limit).await
        });
        let answered = tokio::time::timeout(limit, answered).await.unwrap_or(Err(Problem::TimedOut(limit)));
        let mut response = answered.unwrap_or_else(|problem| {
            let language = mount.language.of(within, request.uri.query());
            errors::answer(&problem, language.shape(), &id)
        });
        mount.delivery.cors.allow(&request, response.headers_mut());
        let outcome = response.extensions_mut().get_or_insert_default::<Outcome>();
        outcome.traffic = Some(Arc::clone(&mount.traffic));
        response
    }

    /// The desk that a path leads to, and what follows it.
    fn desk_at<'a>(&self, path: &'a str) -> Option<(&Arc<Desk>, &'a str)> {
        self.desk.as_ref().and_then(|desk| Some((desk, desk.within(path)?)))
    }

    /// The road of a request: may it be asked, what does it ask, does the client have it already, make it.
    async fn answer_in(
        &self,
        mount: &Arc<Mount>,
        within: &str,
        (request, body): (&Parts, Body),
        deadline: Instant,
    ) -> Result<Response, Problem> {
        if mount.delivery.cors.is_preflight(request) {
            return Ok(preflight(mount.uploads.is_some()));
        }
        if let Some(uploads) = &mount.uploads
            && let Some(of) = uploads::Resource::of(within)
        {
            return self.upload(mount, uploads, of, (request, body), deadline).await;
        }
        if let Some(access) = mount.blacklist.as_ref().and_then(|list| list.access.as_ref())
            && within == blacklist::PATH
        {
            access.admit(&request.headers).await?;
            return self.list(mount, request).await;
        }
        if let (&Method::POST, Some(tokens)) = (&request.method, &mount.tokens) {
            return self.save(mount, tokens, within, (request, body), deadline).await;
        }
        self.admit(request)?;
        if let Some(alive) = health::answer(&mount.language, within) {
            return Ok(alive);
        }
        let query = request.uri.query();
        let end = mount.verify(request.uri.path(), within, query).await?;
        let job = match self.job(mount, within, request).await? {
            Wanted::Job(job) => job,
            Wanted::Text { .. } if Part::of(request).is_some() => {
                return Err(lightmill_mill::Error::NoSuchPart.into());
            }
            Wanted::Text { content_type, body } => return Ok(text_answer(request, content_type, body)),
        };
        let end = earliest(end, job.directives())?;
        self.show(mount, &job, request, deadline, end).await
    }

    /// The answer of a job, or the fallback picture. `end`: when the URL ends.
    pub(super) async fn show(
        &self,
        mount: &Mount,
        job: &Job,
        request: &Parts,
        deadline: Instant,
        end: Option<SystemTime>,
    ) -> Result<Response, Problem> {
        if let Some(list) = &mount.blacklist {
            list.check(&self.mill, &mount.rules, job.places()).await?;
        }
        let (mut response, validators) =
            match (self.deliver(mount, job, request, deadline).await, &mount.delivery.fallback) {
                (Err(problem), Some(fallback)) if problem.is_of_the_picture() => {
                    return self.fall_back(problem, fallback, mount, job, request, deadline).await;
                }
                (answer, _) => answer.map_err(|problem| problem.about(job))?,
            };
        let mut cache_control = cache_control(&validators, mount, job.directives());
        if let Some(end) = end {
            cache_control = freshness::until(cache_control, end, SystemTime::now());
        }
        // What the validators stand for is another picture, which may be made the next time.
        let whole = !response.headers().contains_key(DEGRADED);
        if !whole {
            cache_control = HeaderValue::from_static("no-store");
        } else if response.extensions().get::<Passing>().is_some() {
            cache_control = Passing::CACHE_CONTROL;
        }
        describe(
            response.headers_mut(),
            &Description {
                etag: whole.then_some(&validators.etag),
                last_modified: validators.last_modified.filter(|_| whole),
                cache_control: &cache_control,
                vary: mount.vary(job.directives()).as_ref(),
                ignored: job.ignored(),
            },
        );
        headers::add(response.headers_mut(), &job.directives().headers);
        Ok(response)
    }

    /// The road behind the wish: does the client have it already, make it. With what belongs to the answer.
    pub(super) async fn deliver(
        &self,
        mount: &Mount,
        job: &Job,
        request: &Parts,
        deadline: Instant,
    ) -> Result<(Response, Arc<Validators>), Problem> {
        let validators = self.mill.validators(job).await?;
        let part = match Part::of(request) {
            Some(Part::Thumbnails) => {
                return thumbnails::answer(&self.mill, job, request, &validators, deadline).await;
            }
            Some(Part::Hls(part)) => Some(part),
            None => None,
        };
        if job.is_hls() {
            return hls::answer(&self.mill, job, (request, part), &validators, deadline).await;
        }
        if part.is_some() {
            return Err(lightmill_mill::Error::NoSuchPart.into());
        }
        let (mut response, validators, format) =
            match evaluate(&request.headers, &validators.etag, validators.last_modified) {
                Precondition::Failed => return Err(Problem::PreconditionFailed),
                Precondition::NotModified => return Ok((not_modified(), validators)),
                Precondition::Proceed if job.is_original() => {
                    if job.directives().pictures_only && !may_be_picture(&validators) {
                        return Err(Problem::NotAPicture);
                    }
                    let (response, validators) = original::answer(&self.mill, job, request, validators).await?;
                    (response, validators, None)
                }
                Precondition::Proceed if job.film_type().is_some() => {
                    let (response, validators) = film::answer(&self.mill, job, request, validators, deadline).await?;
                    (response, validators, None)
                }
                Precondition::Proceed => {
                    let delivered = self.mill.make(job, &validators, deadline).await?;
                    let response = result::answer(&delivered, request, self.timing)?;
                    (response, delivered.validators, delivered.made.format)
                }
            };
        let attachment = job.directives().attachment.as_deref();
        let disposition = attachment.map(|_| Disposition::Attachment).or(mount.delivery.disposition);
        let key = job.places().first().map(|place| place.key.as_str());
        let named = attachment.filter(|name| !name.is_empty());
        if let (Some(disposition), Some(name)) = (disposition, named.or(key)) {
            // A name that the client chose is taken as it is.
            let format = format.filter(|_| named.is_none());
            response.headers_mut().insert(CONTENT_DISPOSITION, disposition.header(name, format));
        }
        Ok((response, validators))
    }

    /// Whether the request has a form that is read at all.
    pub(super) fn admit(&self, request: &Parts) -> Result<(), Problem> {
        if !matches!(request.method, Method::GET | Method::HEAD) {
            return Err(Problem::MethodNotAllowed("GET, HEAD"));
        }
        // The authority form belongs to CONNECT, and hyper gives it an empty path (RFC 9112, section 3.2).
        if !request.uri.path().starts_with('/') {
            return Err(Problem::BadTarget);
        }
        let length = request.uri.path_and_query().map_or(0, |target| target.as_str().len());
        if length > self.uri_bytes { Err(Problem::UriTooLong(self.uri_bytes)) } else { Ok(()) }
    }

    /// What the request asks for.
    pub(super) async fn job(&self, mount: &Mount, within: &str, request: &Parts) -> Result<Wanted, Problem> {
        let hints = mount.hints.map(|heeded| {
            ClientHints::read(heeded, |name| request.headers.get(name).and_then(|value| value.to_str().ok()))
        });
        let asked = Asked {
            accept: text(&request.headers, &ACCEPT),
            hints: hints.unwrap_or_default(),
            source: bucket(request),
        };
        let query = request.uri.query();
        let language = mount.language.of(within, query);
        let headers = language.headers(request, host(&request.uri, &request.headers));
        // A query that is empty is none in every dialect.
        let question = Question::new(mount, [within, query.unwrap_or_default()], asked, &headers);
        if let Some(job) = self.jobs.get(&question) {
            return Ok(Wanted::Job(job));
        }
        let mut asked_for = read(mount, within, query, Said { accept: asked.accept, headers: &headers })?;
        if let Wish::Text { content_type, body } = &mut asked_for.wish {
            return Ok(Wanted::Text { content_type, body: std::mem::take(body) });
        }
        let job = self.mill.resolve(language.rules(&mount.rules), asked_for, asked).await?;
        self.jobs.keep(question, &job);
        Ok(Wanted::Job(job))
    }

    /// What would be done for a URL, as JSON, without doing it.
    pub async fn explain(
        &self,
        target: &Target,
        accept: Option<&str>,
        source: Option<&str>,
    ) -> Result<serde_json::Value, Problem> {
        let (mount, within) = self.mounts.find(target.host(), target.path()).ok_or(Problem::NoMount)?;
        let headers: Vec<(&str, &str)> = [("accept", accept), ("host", target.host())]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let wish = read(mount, within, target.query(), Said { accept, headers: &headers })?;
        if let Wish::Text { content_type, body } = &wish.wish {
            return Ok(serde_json::json!({ "content_type": content_type, "body": body }));
        }
        let language = mount.language.of(within, target.query());
        let job =
            self.mill.resolve(language.rules(&mount.rules), wish, Asked { accept, source, ..Asked::default() }).await?;
        let explanation = self.mill.explain(&job).await?;
        serde_json::to_value(explanation)
            .map_err(|error| Problem::Mill(lightmill_mill::Error::Internal { detail: error.to_string() }))
    }
}

/// The host that the request is for: HTTP/2 says it in the target.
pub(super) fn host<'a>(uri: &'a http::Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    uri.authority().map(http::uri::Authority::as_str).or_else(|| text(headers, &HOST))
}

/// The source that a header chooses.
pub(super) fn bucket(request: &Parts) -> Option<&str> {
    text(&request.headers, &BUCKET)
}

/// A header's value, if it is text.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the source says that the object is a picture, or does not know what it is.
fn may_be_picture(validators: &Validators) -> bool {
    let media_type = validators.stats.first().and_then(|stat| stat.content_type.as_deref()).unwrap_or(UNKNOWN);
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("image/") || matches!(essence.as_str(), UNKNOWN | "binary/octet-stream" | "")
}

/// What a request asks for.
pub(super) enum Wanted {
    Job(Job),
    Text { content_type: &'static str, body: String },
}

/// What the URL says, else the source, else the mount.
fn cache_control(validators: &Validators, mount: &Mount, directives: &Directives) -> HeaderValue {
    let said = directives.max_age.map(|age| match age.as_secs() {
        0 => "private, no-cache, no-store, must-revalidate".to_owned(),
        seconds => format!("public, max-age={seconds}"),
    });
    let header = directives.headers.iter().find(|(name, _)| name == CACHE_CONTROL.as_str()).map(|(_, value)| value);
    let said = said.as_deref().or(header.map(String::as_str));
    let own = said.or(validators.cache_control.as_deref());
    own.and_then(|text| HeaderValue::from_str(text).ok()).unwrap_or_else(|| mount.delivery.cache_control.clone())
}

/// When the URL ends: as it was verified, or as it says itself.
pub(super) fn earliest(end: Option<SystemTime>, directives: &Directives) -> Result<Option<SystemTime>, Problem> {
    let said = directives.expires_at;
    if said.is_some_and(|end| end <= SystemTime::now()) {
        return Err(Problem::Gone);
    }
    Ok(end.into_iter().chain(said).min())
}

fn text_answer(request: &Parts, content_type: &'static str, body: String) -> Response {
    let mut response = match request.method {
        Method::HEAD => body::absent(body.len() as u64),
        _ => body::whole(body.into()),
    };
    headers::content_type(response.headers_mut(), content_type);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn preflight(uploads: bool) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Cors::describe(response.headers_mut(), uploads);
    response
}

pub(super) fn not_modified() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}
