use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderMap, Method, Request, StatusCode};
use lightmill_jobs::SystemClock;
use lightmill_jobs::events::document::MAX_BYTES;
use lightmill_jobs::events::sns::{Kind, SnsError, SnsMessage, Verifier};
use lightmill_store::http::{Getter, PosterSettings};
use lightmill_store::secrets::{Keyring, Places};
use metrics::counter;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::intake::Intake;
use super::objects::{Bucket, events};
use crate::config::{self, Config, Mistake, Mistakes};
use crate::errors::{self, Problem, Shape};
use crate::listen::{ConnectionLimits, Listener, Workers, routed, serve};
use crate::tokens::{self, Tokens};

/// The header by which SNS says what it posts; its value is not looked at, since the body says the same and is signed.
const OF_SNS: &str = "x-amz-sns-message-type";

/// How long requests in flight may take at the end.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Documents that are read and judged at a time; more wait.
const AT_A_TIME: usize = 64;

/// How long one may take to arrive.
const ARRIVAL_TIME: Duration = Duration::from_secs(10);

/// How often it is looked whether tokens are to be read again.
const LOOK: Duration = Duration::from_secs(1);

/// Where stores post what happens to objects, bound and not yet listening.
pub(super) struct Endpoint {
    listener: Listener,
    path: String,
    limits: ConnectionLimits,
    believed: Believed,
    refresh_time: Duration,
}

/// Whose documents are believed.
struct Believed {
    tokens: Option<Tokens>,
    sns: Option<Verifier>,
}

impl Endpoint {
    pub(super) async fn open(http: &config::WorkerHttp, config: &Config) -> Result<Self, Mistakes> {
        let wrong = |key: &str, value: Option<String>, problem: String| {
            Mistakes(vec![Mistake { key: format!("worker.http.{key}"), value, problem }])
        };
        let keyring = Arc::new(Keyring::new(http.tokens.clone(), Arc::new(Places::new(&config.aws))));
        tokens::read(&[(TOKENS.to_owned(), Arc::clone(&keyring))]).await?;
        let getter = Getter::new(PosterSettings::default());
        let getter = getter.map_err(|error| wrong("topics", None, error.to_string()))?;
        let sns = Verifier::new(http.topics.clone(), Arc::new(getter), Arc::new(SystemClock));
        let believed = Believed {
            tokens: (!http.tokens.is_empty()).then(|| Tokens::new(keyring)),
            sns: (!http.topics.is_empty()).then_some(sns),
        };
        let listener = Listener::bind(http.listen).await;
        let listener =
            listener.map_err(|error| wrong("listen", Some(format!("\"{}\"", http.listen)), error.to_string()))?;
        let limits = ConnectionLimits::from(&config.server);
        Ok(Self { listener, path: http.path.clone(), limits, believed, refresh_time: config.secrets.refresh_time })
    }

    /// Where documents are posted to.
    pub(super) fn url(&self) -> String {
        format!("http://{}{}", self.listener.address(), self.path)
    }

    /// Answers until `stop`.
    pub(super) async fn run(self, bucket: Bucket, intake: Intake, stop: CancellationToken) {
        let Self { listener, path, limits, believed, refresh_time } = self;
        let keyrings: Vec<_> =
            believed.tokens.iter().map(|tokens| (TOKENS.to_owned(), Arc::clone(tokens.keyring()))).collect();
        let refreshing = async {
            loop {
                tokio::time::sleep(LOOK).await;
                tokens::refresh(&keyrings, refresh_time).await;
            }
        };
        let places = Semaphore::new(AT_A_TIME);
        let desk = Arc::new(Desk { believed, bucket, intake, places });
        let routes = Router::new()
            .route(&path, any(move |request| async move { desk.answer(request).await }))
            .fallback(async || errors::answer(&Problem::NoMount, Shape::default(), ""));
        let until = stop.clone();
        let workers = Workers::default();
        let serving = serve(listener, routed(routes), &workers, limits, until, DRAIN_TIME);
        tokio::select! {
            _ = serving => {}
            () = refreshing => {}
        }
    }
}

const TOKENS: &str = "worker.http.tokens";

/// Takes documents, and answers when what they tell is a job.
struct Desk {
    believed: Believed,
    bucket: Bucket,
    intake: Intake,
    places: Semaphore,
}

impl Desk {
    async fn answer(&self, request: Request<Body>) -> Response {
        let answered = self.take(request).await;
        let outcome = match &answered {
            Ok(_) => "taken",
            Err(problem) if problem.status() >= 500 => "failed",
            Err(_) => "refused",
        };
        counter!("lightmill_worker_documents_total", "outcome" => outcome).increment(1);
        answered.map_or_else(|problem| errors::answer(&problem, Shape::default(), ""), IntoResponse::into_response)
    }

    async fn take(&self, request: Request<Body>) -> Result<StatusCode, Problem> {
        let (parts, body) = request.into_parts();
        if parts.method != Method::POST {
            return Err(Problem::MethodNotAllowed("POST"));
        }
        let is_of_sns = parts.headers.contains_key(OF_SNS);
        if !is_of_sns {
            // Before the body is read.
            self.believed.admit(&parts.headers).await?;
        }
        // Never closed.
        let _place = self.places.acquire().await;
        let body = timeout(ARRIVAL_TIME, to_bytes(body, MAX_BYTES)).await;
        let body = body.map_err(|_| Problem::BodyLate(ARRIVAL_TIME))?.map_err(|_| Problem::BodyTooLong(MAX_BYTES))?;
        if is_of_sns {
            if let Some(document) = self.believed.published(&body).await? {
                self.tell(document.as_bytes()).await?;
            }
        } else {
            self.tell(&body).await?;
        }
        Ok(StatusCode::OK)
    }

    /// Has each object that the document tells of looked at.
    async fn tell(&self, document: &[u8]) -> Result<(), Problem> {
        let events = events(document).map_err(|error| Problem::BadBody(error.to_string()))?;
        let keys: Result<Vec<_>, _> = events.iter().map(|event| self.bucket.key(event)).collect();
        for key in keys.map_err(Problem::OtherBucket)?.into_iter().flatten() {
            self.intake.tell(key).await?;
        }
        Ok(())
    }
}

impl Believed {
    async fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        match (&self.tokens, tokens::bearer(headers)) {
            (Some(tokens), Some(token)) if tokens.admit(token).await => Ok(()),
            _ => Err(Problem::Unauthorized),
        }
    }

    /// What was published, if anything was; a subscription is confirmed.
    async fn published(&self, body: &[u8]) -> Result<Option<String>, Problem> {
        let sns = self.sns.as_ref().ok_or(Problem::NotBelieved(SnsError::Topic))?;
        let message = SnsMessage::read(body).map_err(|error| match error {
            SnsError::Document(error) => Problem::BadBody(error.to_string()),
            error => Problem::NotBelieved(error),
        })?;
        match message.kind() {
            Kind::SubscriptionConfirmation => sns.confirm(&message).await.map(|()| None),
            Kind::Notification => sns.verify(&message).await.map(|()| Some(message.message().to_owned())),
            Kind::UnsubscribeConfirmation => sns.verify(&message).await.map(|()| {
                tracing::warn!(topic = message.topic(), "the topic will tell nothing more");
                None
            }),
        }
        .map_err(Problem::NotBelieved)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lightmill_jobs::async_trait;
    use lightmill_jobs::events::sns::Fetch;
    use lightmill_store as store;
    use url::Url;

    use super::*;

    /// A message that was signed by a key that nobody has any more, and its certificate.
    const SIGNED: &str = include_str!("../../../jobs/src/events/document/samples/sns-s3-put.json");
    const CERTIFICATE: &[u8] = include_bytes!("../../../jobs/src/events/sns/samples/test.pem");
    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:uploads";

    /// SNS, which only has the certificate.
    #[derive(Debug)]
    struct Sns;

    #[async_trait]
    impl Fetch for Sns {
        async fn fetch(&self, url: &Url, _: usize) -> Result<Bytes, store::Error> {
            let is_certificate = url.path().rsplit_once('.').is_some_and(|(_, end)| end == "pem");
            if is_certificate { Ok(Bytes::from_static(CERTIFICATE)) } else { Err(store::Error::TimedOut) }
        }
    }

    fn believed(topics: &[&str]) -> Believed {
        let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        Believed { tokens: None, sns: Some(Verifier::new(topics, Arc::new(Sns), Arc::new(SystemClock))) }
    }

    #[tokio::test]
    async fn what_sns_has_signed_is_taken() {
        let document = believed(&[TOPIC]).published(SIGNED.as_bytes()).await.unwrap().unwrap();
        assert_eq!(events(document.as_bytes()).unwrap().len(), 1);
        let status = |problem: Problem| problem.status();
        assert_eq!(believed(&[]).published(SIGNED.as_bytes()).await.map_err(status), Err(403));
        let changed = SIGNED.replace("1305107", "1305108");
        assert_eq!(believed(&[TOPIC]).published(changed.as_bytes()).await.map_err(status), Err(403));
        let nobody = Believed { tokens: None, sns: None };
        assert_eq!(nobody.published(SIGNED.as_bytes()).await.map_err(status), Err(403));
        assert_eq!(nobody.admit(&HeaderMap::new()).await.map_err(status), Err(401));
    }
}
