use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use lightmill_store::Secret;
use lightmill_store::aws;
use lightmill_store::http::{Poster, PosterSettings};
use lightmill_store::secrets::{Keyring, Places, Reference};
use lightmill_testkit::servers::raw::{Raw, Step, text};

use super::{TargetError, Webhooks, sign, verify};
use crate::Retry;

fn webhooks(hosts: &[&str], open: &[&str]) -> Webhooks {
    let references = ["first secret", "second secret"].map(|secret| Reference::Literal(Secret::new(secret)));
    let keyring = Keyring::new(references.to_vec(), Arc::new(Places::new(&aws::Settings::default())));
    let allow_private = open.iter().map(|text| text.parse().unwrap()).collect();
    let poster = Poster::new(PosterSettings { allow_private, ..PosterSettings::default() }).unwrap();
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    Webhooks::new(poster, Arc::new(keyring), hosts, Duration::from_secs(5))
}

fn answering(answer: &'static str) -> (Raw, Arc<Mutex<Vec<String>>>) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let server = Raw::start(move |_, head| {
        seen.lock().unwrap().push(head.to_owned());
        vec![text(answer), Step::Pause(Duration::ZERO)]
    });
    (server, heads)
}

const BODY: Bytes = Bytes::from_static(b"{\"id\":\"7\"}");

#[tokio::test]
async fn a_delivery_is_signed_with_every_secret() {
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let webhooks = webhooks(&[], &["127.0.0.1"]);
    let status = webhooks.deliver(&format!("{}/hook?a=b", server.base), "7.end", BODY).await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT);
    let head = heads.lock().unwrap().concat().to_ascii_lowercase();
    assert!(head.starts_with("post /hook?a=b http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/json\r\n") && head.contains("lightmill-webhook-id: 7.end\r\n"));
    let line = head.lines().find_map(|line| line.strip_prefix("lightmill-signature: ")).unwrap();
    let now = SystemTime::now();
    for secret in ["first secret", "second secret"] {
        assert!(verify(secret, line, &BODY, now, Duration::from_mins(1)), "{line}");
    }
    assert!(!verify("third secret", line, &BODY, now, Duration::from_mins(1)));
}

#[tokio::test]
async fn private_addresses_are_told_nothing() {
    let (server, heads) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let closed = webhooks(&[], &[]);
    for url in [&server.base, "http://localhost:1/", "http://169.254.169.254/latest", "http://[::1]/"] {
        assert_eq!(closed.admit(url).await, Err(TargetError::Address), "{url}");
        assert_eq!(closed.deliver(url, "7", BODY).await.unwrap_err().retry, Retry::Never, "{url}");
    }
    let listed = webhooks(&["hooks.example.com"], &["127.0.0.1"]);
    assert_eq!(listed.admit(&server.base).await, Err(TargetError::Host));
    assert_eq!(listed.deliver(&server.base, "7", BODY).await.unwrap_err().retry, Retry::Never);
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
        let failure = webhooks.deliver(&server.base, "7", BODY).await.unwrap_err();
        assert_eq!(failure.retry, retry, "{answer}");
        assert_eq!(heads.lock().unwrap().len(), 1, "no redirect is followed, nothing is tried twice: {answer}");
    }
}

#[test]
fn only_what_was_signed_lately_is_believed() {
    let (now, age) = (SystemTime::now(), Duration::from_mins(5));
    let value = sign(["a secret"], now, b"body");
    assert!(verify("a secret", &value, b"body", now + age - Duration::from_secs(1), age));
    assert!(!verify("a secret", &value, b"body", now + age + Duration::from_secs(2), age));
    assert!(!verify("a secret", &value, b"bode", now, age));
    let later = value.replacen("t=1", "t=2", 1);
    for broken in [later.as_str(), "", "t=1", "v1=00", "t=x,v1=00", "t=18446744073709551615,v1=00", &value[..20]] {
        assert!(!verify("a secret", broken, b"body", now, age), "{broken}");
    }
}
