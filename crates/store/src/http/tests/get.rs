use lightmill_testkit::servers::raw::{Raw, Step, text};

use crate::Error;
use crate::http::{Getter, PosterSettings};

fn getter(open: &[&str]) -> Getter {
    let allow_private = open.iter().map(|text| text.parse().unwrap()).collect();
    Getter::new(PosterSettings { allow_private, ..PosterSettings::default() }).unwrap()
}

fn answering(answer: &'static str) -> Raw {
    Raw::start(move |_, _| vec![text(answer), Step::Pause(std::time::Duration::ZERO)])
}

#[tokio::test]
async fn documents_are_got_whole_or_not_at_all() {
    let getter = getter(&["127.0.0.1"]);
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", Ok("hello")),
        ("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello!", Err("too_large")),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello, hello", Err("too_large")),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhell", Err("unavailable")),
        ("HTTP/1.1 404 Oh\r\ncontent-length: 5\r\n\r\nhello", Err("not_found")),
        ("HTTP/1.1 403 Oh\r\ncontent-length: 0\r\n\r\n", Err("forbidden")),
        ("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n", Err("unavailable")),
        ("HTTP/1.1 204 Oh\r\n\r\n", Err("unusable")),
    ] {
        let server = answering(answer);
        let got = getter.get(&format!("{}/a.pem?b=c", server.base).parse().unwrap(), 5).await;
        let got = got.as_ref().map(|bytes| std::str::from_utf8(bytes).unwrap()).map_err(Error::name);
        assert_eq!(got, expected, "{answer}");
        assert_eq!(server.requests(), 1, "{answer}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = answering("HTTP/1.1 302 Oh\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
    let got = getter(&["127.0.0.1"]).get(&server.base.parse().unwrap(), 5).await;
    assert!(got.is_err(), "{got:?}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn private_addresses_are_not_asked() {
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
    let closed = getter(&[]);
    for url in [server.base.as_str(), "http://169.254.169.254/latest", "file:///etc/passwd", "http://user@127.0.0.1/"] {
        assert_eq!(closed.get(&url.parse().unwrap(), 5).await, Err(Error::Forbidden), "{url}");
    }
    assert_eq!(server.requests(), 0);
}
