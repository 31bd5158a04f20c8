use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::StatusCode;
use lightmill_store::Secret;
use lightmill_store::aws;
use lightmill_store::http::{Poster, PosterSettings};
use lightmill_store::secrets::{Keyring, Places, Reference};
use lightmill_testkit::servers::raw::{Raw, Step, text};

use super::{Headers, Message, SigningSecret, TargetError, Webhooks, tried, verify};
use crate::testing::Scratch;
use crate::{Failure, Job, Retry};

const SECRETS: [&str; 2] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"];

pub(crate) fn webhooks(hosts: &[&str], open: &[&str]) -> Webhooks {
    signing(&SECRETS, hosts, open)
}

fn signing(secrets: &[&str], hosts: &[&str], open: &[&str]) -> Webhooks {
    let references = secrets.iter().map(|secret| Reference::Literal(Secret::new(*secret))).collect();
    let keyring = Keyring::new(references, Arc::new(Places::new(&aws::Settings::default())));
    let allow_private = open.iter().map(|text| text.parse().unwrap()).collect();
    let poster = Poster::new(PosterSettings { allow_private, ..PosterSettings::default() }).unwrap();
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    Webhooks::new("shop", poster, Arc::new(keyring), hosts, Duration::from_secs(5))
}

pub(crate) fn answering(answer: &'static str) -> (Raw, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let server = Raw::start(move |_, head| {
        seen.lock().unwrap().push(head.to_owned());
        vec![text(answer), Step::Pause(Duration::ZERO)]
    });
    (server, heads)
}

const BODY: Bytes = Bytes::from_static(b"{\"id\":\"7\"}");

/// What comes of one attempt.
async fn deliver(webhooks: &Webhooks, url: &str) -> Result<(), Failure> {
    webhooks.deliver(url, "7", BODY).await.failure.map_or(Ok(()), Err)
}

#[tokio::test]
async fn a_delivery_is_signed_with_every_secret() {
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let webhooks = webhooks(&[], &["127.0.0.1"]);
    let attempt = webhooks.deliver(&format!("{}/hook?a=b", server.base), "7-end", BODY).await;
    assert_eq!((attempt.status, attempt.failure), (Some(StatusCode::NO_CONTENT), None));
    let heads = heads.lock().unwrap();
    let head = heads.concat();
    assert!(head.to_ascii_lowercase().starts_with("post /hook?a=b http/1.1\r\n"), "{head}");
    let header = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap_or_else(|| panic!("{name} in {head}")).1
    };
    assert_eq!((header("content-type"), header("webhook-id")), ("application/json", "7-end"));
    let headers =
        Headers { id: "7-end", timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    assert_eq!(headers.signature.split(' ').count(), 2);
    let verified = |secret: &str| {
        let secret = SigningSecret::parse(secret).unwrap();
        verify(&secret, headers, &BODY, SystemTime::now(), Duration::from_mins(1))
    };
    assert!(SECRETS.iter().all(|secret| verified(secret)), "{head}");
    assert!(!verified("whsec_CAgICAgICAgICAgICAgICAgICAgICAgI"));
}

#[tokio::test]
async fn private_addresses_are_told_nothing() {
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let closed = webhooks(&[], &[]);
    for url in [&server.base, "http://localhost:1/", "http://169.254.169.254/latest", "http://[::1]/"] {
        assert_eq!(closed.admit(url).await, Err(TargetError::Address), "{url}");
        assert_eq!(deliver(&closed, url).await.unwrap_err().retry, Retry::Never, "{url}");
    }
    let listed = webhooks(&["hooks.example.com"], &["127.0.0.1"]);
    assert_eq!(listed.admit(&server.base).await, Err(TargetError::Host));
    assert_eq!(deliver(&listed, &server.base).await.unwrap_err().retry, Retry::Never);
    assert!(heads.lock().unwrap().is_empty());
    assert_eq!(webhooks(&["127.0.0.1"], &["127.0.0.1"]).admit(&server.base).await, Ok(()));
}

#[tokio::test]
async fn answers_say_whether_it_is_tried_again() {
    let webhooks = webhooks(&[], &["127.0.0.1"]);
    for (answer, retry) in [
        ("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n", Retry::Later(None)),
        ("HTTP/1.1 404 Oh\r\ncontent-length: 0\r\n\r\n", Retry::Later(None)),
        ("HTTP/1.1 429 Oh\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n", Retry::Later(Some(Duration::from_secs(7)))),
        ("HTTP/1.1 302 Oh\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n", Retry::Later(None)),
        ("HTTP/1.1 410 Oh\r\ncontent-length: 0\r\n\r\n", Retry::Never),
        ("no HTTP", Retry::Later(None)),
    ] {
        let (server, heads) = answering(answer);
        let failure = deliver(&webhooks, &server.base).await.unwrap_err();
        assert_eq!(failure.retry, retry, "{answer}");
        assert_eq!(heads.lock().unwrap().len(), 1, "no redirect is followed, nothing is tried twice: {answer}");
    }
}

#[tokio::test]
async fn attempts_are_remembered_the_last_of_them() {
    let (server, heads) = answering("HTTP/1.1 503 Oh\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let webhooks = webhooks(&[], &["127.0.0.1"]);
    let message = Message::new("job.done", UNIX_EPOCH + Duration::from_secs(1), serde_json::json!({ "id": "7" }));
    let mut job: Job = Scratch::new().put("7").await;
    for _ in 0..25 {
        let failure = webhooks.tell(&job, &server.base, &message).await.unwrap_err();
        assert_eq!(failure.problem.message, "the server answered 503");
        job.problem = Some(failure.problem);
    }
    let log = tried(&job);
    assert_eq!(log.len(), 20);
    assert!(log.iter().all(|one| one.status == Some(503) && one.error.is_some()), "{log:?}");
    assert!(log.is_sorted_by(|one, next| one.at <= next.at), "{log:?}");
    assert_eq!(heads.lock().unwrap().len(), 25);

    let (server, _) = answering("HTTP/1.1 200 Yes\r\ncontent-length: 0\r\n\r\n");
    let result = webhooks.tell(&job, &server.base, &message).await.unwrap();
    assert_eq!(result["status"], 200);
    let done = Job { problem: None, result: Some(result), ..job };
    assert_eq!(tried(&done).last().map(|one| (one.status, one.error.clone())), Some((Some(200), None)));
    let body = String::from_utf8(message.body().unwrap().to_vec()).unwrap();
    assert_eq!(body, r#"{"type":"job.done","timestamp":"1970-01-01T00:00:01.000Z","data":{"id":"7"}}"#);
}

#[tokio::test]
async fn secrets_that_cannot_sign_are_told_and_the_others_do() {
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    for (texts, works) in [(&["no secret"][..], false), (&["no secret", SECRETS[0]], true)] {
        let webhooks = signing(texts, &[], &["127.0.0.1"]);
        match deliver(&webhooks, &server.base).await {
            Ok(()) => assert!(works),
            Err(failure) => {
                assert!(!works && failure.problem.message.contains("does not begin with `whsec_`"), "{failure:?}");
                assert_eq!(failure.retry, Retry::Later(None), "the secret may be put right meanwhile");
            }
        }
    }
    assert_eq!(heads.lock().unwrap().len(), 1);
}
