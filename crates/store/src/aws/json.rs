use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::answer::Refused;
use super::endpoint::{Service, endpoint};
use super::identity::Identity;
use super::transport::{Transport, transport};
use super::{Settings, config};
use crate::Error;

/// How often a question is asked at most, and the pauses before the second and the third time.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(4);

/// The largest answer that is read by default, in bytes: an item of DynamoDB has 400 KiB at most.
const MAX_BYTES: usize = 1 << 20;

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// How long one attempt may take; by default 4 seconds.
    pub time: Duration,
    /// Whether asking twice does no more than asking once; by default so. What does more is asked again only after an
    /// answer that says that nothing was done.
    pub idempotent: bool,
}

impl Default for Asking {
    fn default() -> Self {
        Self { time: ATTEMPT, idempotent: true }
    }
}

/// Asks questions of one service that speaks JSON. The first question finds out region and credentials.
#[derive(Debug)]
pub struct Json {
    service: Service,
    settings: Settings,
    opened: OnceCell<Opened>,
    max_bytes: usize,
}

#[derive(Debug)]
struct Opened {
    endpoint: Uri,
    region: String,
    identity: Identity,
    transport: Transport,
}

impl Json {
    /// Asks nobody.
    pub fn new(service: Service, settings: Settings) -> Self {
        Self { service, settings, opened: OnceCell::new(), max_bytes: MAX_BYTES }
    }

    /// The same, which reads answers of up to `max_bytes`; by default 1 MiB.
    #[must_use]
    pub fn reading(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// The answer to `question`, three times asked where it is lost or there is too much to do. Neither is ever logged.
    ///
    /// # Errors
    /// What the last attempt was refused with.
    pub async fn ask<A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &(impl Serialize + Sync),
    ) -> Result<A, Refused> {
        self.ask_as(operation, question, Asking::default()).await
    }

    /// The same, for questions that take longer or must not be asked twice.
    ///
    /// # Errors
    /// What the last attempt was refused with.
    pub async fn ask_as<A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &(impl Serialize + Sync),
        asking: Asking,
    ) -> Result<A, Refused> {
        let body = serde_json::to_vec(question).map(Bytes::from).map_err(|_| Refused::unreadable())?;
        // What looks for credentials is large, and is needed once.
        let open = || Box::pin(self.open());
        let opened = self.opened.get_or_try_init(open).await.map_err(|error| Refused::unasked(&error))?;
        let mut pauses = PAUSES.into_iter();
        loop {
            let attempt = tokio::time::timeout(asking.time, self.attempt(opened, operation, body.clone()));
            let refused = match attempt.await.unwrap_or_else(|_| Err(Refused::lost("no answer in time"))) {
                // Operations that have nothing to tell may have no body either.
                Ok(answer) if answer.is_empty() => {
                    return serde_json::from_slice(b"{}").map_err(|_| Refused::unreadable());
                }
                Ok(answer) => return serde_json::from_slice(&answer).map_err(|_| Refused::unreadable()),
                Err(refused) => refused,
            };
            if refused.is_of_credentials() {
                opened.identity.forget().await;
            }
            let again = if asking.idempotent { refused.passing } else { refused.did_nothing() };
            match pauses.next().filter(|_| again) {
                Some(pause) => tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await,
                None => return Err(refused),
            }
        }
    }

    async fn open(&self) -> Result<Opened, Error> {
        let config = config::load(&self.settings, |loader| loader).await;
        Ok(Opened {
            endpoint: endpoint(self.service, &self.settings, &config)?,
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            identity: Identity::new(&config),
            transport: transport()?,
        })
    }

    async fn attempt(&self, opened: &Opened, operation: &str, body: Bytes) -> Result<Bytes, Refused> {
        let request = self.signed(opened, operation, body).await.map_err(|error| Refused::unasked(&error))?;
        let answer = opened.transport.request(request).await.map_err(|error| {
            let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
            Refused::lost(causes.last().map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, self.max_bytes).collect().await.map_err(Refused::lost)?.to_bytes();
        if head.status.is_success() { Ok(body) } else { Err(Refused::of(head.status, &body)) }
    }

    async fn signed(&self, opened: &Opened, operation: &str, body: Bytes) -> Result<Request<Full<Bytes>>, Error> {
        let target = format!("{}.{operation}", self.service.target);
        let headers = [(CONTENT_TYPE.as_str(), self.service.content_type), ("x-amz-target", target.as_str())];
        let mut request = Request::post(&opened.endpoint);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Full::new(body.clone())).map_err(Error::unavailable)?;
        let Some(credentials) = opened.identity.credentials().await? else { return Ok(request) };
        let identity = credentials.into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&opened.region)
            .name(self.service.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(Error::unavailable)?
            .into();
        let url = opened.endpoint.to_string();
        let signable = SignableRequest::new("POST", url, headers.into_iter(), SignableBody::Bytes(&body));
        let signature = sign(signable.map_err(Error::unavailable)?, &parameters).map_err(Error::unavailable)?;
        signature.into_parts().0.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
