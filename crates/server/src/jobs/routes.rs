use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use lightmill_jobs::{Error, Follow, Job, NewJob, Put, State};
use lightmill_recipe::Fingerprint;
use serde_json::{Value, json};

use super::board::{MAKING, TELLING};
use super::{Desk, Order, told};
use crate::errors::Problem;
use crate::mounts::Service;
use crate::tokens::bearer;

/// Bytes of a posted body.
const BODY_BYTES: usize = 64 << 10;

/// Hexadecimal digits of an id: 128 bits.
const ID_DIGITS: usize = 32;

/// The header by which a client says that a request is one that it has sent before.
const IDEMPOTENCY: HeaderName = HeaderName::from_static("idempotency-key");
/// Characters of its value.
const IDEMPOTENCY_LENGTH: usize = 255;

/// Jobs of one list, if nothing else is said, and at most.
const LISTED: usize = 100;
const LISTED_MOST: usize = 1000;

impl Desk {
    /// What a request for `within` asks for.
    pub(super) async fn route(
        &self,
        service: &Service,
        within: &str,
        (request, body): (&Parts, Body),
    ) -> Result<Response, Problem> {
        self.admit(request).await?;
        match (&request.method, within.strip_prefix('/')) {
            (&Method::POST, None) => {
                let body = to_bytes(body, BODY_BYTES).await.map_err(|_| Problem::BodyTooLong(BODY_BYTES))?;
                self.put(service, request, Order::read(&body)?).await
            }
            (&Method::GET | &Method::HEAD, None) => self.list(request.uri.query()).await,
            (_, None) => Err(Problem::MethodNotAllowed("GET, HEAD, POST")),
            (&Method::GET | &Method::HEAD, Some(id)) => {
                let job = self.board.queue.get(id).await?;
                self.tell(&of_orders(job)?, StatusCode::OK).await
            }
            (&Method::DELETE, Some(id)) => {
                of_orders(self.board.queue.get(id).await?)?;
                let job = of_orders(self.board.queue.cancel(id).await?)?;
                self.board.ended.wake();
                self.tell(&job, StatusCode::OK).await
            }
            (_, Some(_)) => Err(Problem::MethodNotAllowed("DELETE, GET, HEAD")),
        }
    }

    async fn admit(&self, request: &Parts) -> Result<(), Problem> {
        match bearer(&request.headers) {
            Some(token) if self.tokens.admit(token).await => Ok(()),
            _ => Err(Problem::Unauthorized),
        }
    }

    /// Takes an order that could be carried out, as far as that is known before it is.
    async fn put(&self, service: &Service, request: &Parts, order: Order) -> Result<Response, Problem> {
        let payload = serde_json::to_value(&order).map_err(|error| internal(&error))?;
        let named = idempotent(request)?;
        if let Some(id) = &named
            && let Some(known) = self.board.queue.get(id).await?
        {
            return self.known(&known, &payload).await;
        }
        if let Some(webhook) = &order.webhook {
            let webhooks = self.webhooks.as_ref().ok_or_else(|| wrong("webhooks are not configured here"))?;
            webhooks.admit(webhook).await.map_err(|error| wrong(&error.to_string()))?;
        }
        let key = service.accept(&order, request).await?;
        let new = NewJob {
            id: named.map_or_else(made_up, Ok)?,
            lane: MAKING.to_owned(),
            key: Some(wish(&key, &order)),
            follow: order.webhook.is_some().then(|| Follow { lane: TELLING.to_owned(), payload: json!({}) }),
            payload: payload.clone(),
        };
        let id = new.id.clone();
        match self.board.queue.put(new).await? {
            Put::New(job) => {
                self.board.ordered.wake();
                self.tell(&job, StatusCode::ACCEPTED).await
            }
            // Two requests with one key came together.
            Put::Known(job) if job.id == id => self.known(&job, &payload).await,
            Put::Known(job) => self.tell(&job, StatusCode::ACCEPTED).await,
            Put::Full => Err(Problem::JobsFull),
        }
    }

    /// The answer to a request that was sent before.
    async fn known(&self, job: &Job, payload: &Value) -> Result<Response, Problem> {
        if job.payload != *payload {
            return Err(Problem::IdempotencyKeyUsed);
        }
        let status = if job.state.is_end() { StatusCode::OK } else { StatusCode::ACCEPTED };
        self.tell(job, status).await
    }

    async fn tell(&self, job: &Job, status: StatusCode) -> Result<Response, Problem> {
        let follow = match job.payload.get("webhook") {
            Some(_) => self.board.queue.get(&Follow::id(&job.id)).await?,
            None => None,
        };
        let mut response = json_answer(status, &told::with_webhook(job, follow.as_ref()));
        // Words of our own and visible ASCII: always the value of a header.
        if let Ok(location) = HeaderValue::try_from(self.location(&job.id))
            && status == StatusCode::ACCEPTED
        {
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }

    async fn list(&self, query: Option<&str>) -> Result<Response, Problem> {
        let (mut state, mut limit) = (None, LISTED);
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "state" => {
                    let named = State::named(&value).ok_or(Problem::BadQuery("state is no state of a job"))?;
                    state = Some(named);
                }
                "limit" => {
                    let number = value.parse().ok().filter(|number| (1..=LISTED_MOST).contains(number));
                    limit = number.ok_or(Problem::BadQuery("limit is 1 to 1000"))?;
                }
                _ => return Err(Problem::BadQuery("only state and limit are known")),
            }
        }
        let jobs = self.board.queue.list(MAKING, state, limit).await?;
        let told: Vec<Value> = jobs.iter().map(told::job).collect();
        Ok(json_answer(StatusCode::OK, &json!({ "jobs": told })))
    }
}

/// A job that was ordered: those that tell of others are nobody's business.
fn of_orders(job: Option<Job>) -> Result<Job, Problem> {
    job.filter(|job| job.lane == MAKING).ok_or(Problem::NoJob)
}

/// What two orders have in common that are the same.
fn wish(key: &Fingerprint, order: &Order) -> String {
    let save = order.save.as_ref().map(|save| [save.source.as_str(), save.key.as_str()]).unwrap_or_default();
    let webhook = order.webhook.as_deref().unwrap_or_default();
    Fingerprint::of([key.as_str(), save[0], save[1], webhook]).as_str().to_owned()
}

/// The id of a request that says by which key it is known.
fn idempotent(request: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers.get(IDEMPOTENCY) else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=IDEMPOTENCY_LENGTH).contains(&text.len()));
    let text = text.ok_or_else(|| wrong("Idempotency-Key has 1 to 255 visible characters"))?;
    let name = Fingerprint::of(["idempotency", text]);
    Ok(name.as_str().get(..ID_DIGITS).map(str::to_owned))
}

fn made_up() -> Result<String, Problem> {
    let mut id = [0; ID_DIGITS / 2];
    getrandom::fill(&mut id).map_err(|error| internal(&error))?;
    Ok(hex::encode(id))
}

fn wrong(problem: &str) -> Problem {
    Problem::BadBody(problem.to_owned())
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::Mill(lightmill_mill::Error::Internal { detail: error.to_string() })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Jobs(error)
    }
}

fn json_answer(status: StatusCode, told: &Value) -> Response {
    let mut response = Response::new(Body::from(told.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
