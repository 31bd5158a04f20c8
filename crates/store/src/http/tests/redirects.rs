use std::time::{Duration, Instant};

use super::origin::{Manners, Origin};
use super::{Names, settings, source};
use crate::http::HttpSource;
use crate::{Error, Source, collect};
use lightmill_testkit::servers::raw::{Raw, text};

fn to(location: &str) -> lightmill_testkit::servers::raw::Step {
    text(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
}

fn object() -> lightmill_testkit::servers::raw::Step {
    text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
}

async fn read(source: &HttpSource) -> Result<String, Error> {
    let start = Instant::now();
    let result = match source.read("a", None).await {
        Ok(object) => collect(object, 99).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => Err(error),
    };
    assert!(start.elapsed() < Duration::from_secs(5));
    result
}

#[tokio::test]
async fn some_are_followed() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let origin = Raw::start(move |number, head| match number % 3 {
            0 => vec![text(format!("HTTP/1.1 {status}\r\nLocation: b?c=d#e\r\nContent-Length: 0\r\n\r\n"))],
            1 if head.contains(" /b?c=d HTTP/1.1\r\n") => vec![to("/c")],
            2 if head.contains(" /c HTTP/1.1\r\n") => vec![object()],
            _ => panic!("{head}"),
        });
        let source = source(&origin.base);
        assert_eq!(read(&source).await.unwrap(), "abc", "{status}");
        assert_eq!(source.stat("a").await.unwrap().size, 3, "{status}");
        assert_eq!(origin.requests(), 6);
    }
}

#[tokio::test]
async fn their_number_is_bounded() {
    let origin = Raw::start(|_, _| vec![to("/a")]);
    for most in [0, 1, 5] {
        let before = origin.requests();
        let mut settings = settings(&origin.base);
        settings.max_redirects = most;
        let error = read(&HttpSource::new(settings).unwrap()).await.unwrap_err();
        assert!(matches!(&error, Error::Unusable { detail } if detail.contains("redirects")), "{error:?}");
        assert_eq!(origin.requests() - before, usize::from(most) + 1);
    }
}

#[tokio::test]
async fn none_leads_to_a_closed_address() {
    for location in [
        "http://0.0.0.0/",
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "http://168.63.129.16/",
        "http://198.18.0.1/",
        "http://192.0.2.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "//2852039166/",
        "http://0xa9.0376.43518/",
        "http:\\\\[::ffff:169.254.169.254]\\",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[64:ff9b::a00:1]/",
        "http://internal.test/",
    ] {
        let origin = Raw::start(move |_, _| vec![to(location)]);
        let names = Names::new(&[("internal.test", &[&["10.0.0.1"]])]);
        let source = HttpSource::with_resolver(settings(&origin.base), names).unwrap();
        assert_eq!(read(&source).await, Err(Error::Forbidden), "{location}");
        assert_eq!(source.stat("a").await, Err(Error::Forbidden), "{location}");
        assert_eq!(origin.requests(), 2, "{location}");
    }
}

#[tokio::test]
async fn none_leads_to_another_scheme_or_nowhere() {
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:,abc", "javascript:1"] {
        let origin = Raw::start(move |_, _| vec![to(location)]);
        assert_eq!(read(&source(&origin.base)).await, Err(Error::Forbidden), "{location}");
    }
    for location in ["http://", "http://[::1%lo]/", "http://256.1.1.1/"] {
        let origin = Raw::start(move |_, _| vec![to(location)]);
        assert_eq!(read(&source(&origin.base)).await.unwrap_err().name(), "unusable", "{location}");
    }
    let origin = Raw::start(|_, _| vec![text("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")]);
    assert_eq!(read(&source(&origin.base)).await.unwrap_err().name(), "unusable");
}

#[tokio::test]
async fn credentials_stay_at_home() {
    let other = Raw::start(|_, head| {
        assert!(!head.to_ascii_lowercase().contains("authorization"), "{head}");
        assert!(!head.to_ascii_lowercase().contains("cookie"), "{head}");
        vec![object()]
    });
    let base = other.base.clone();
    let origin = Raw::start(move |_, head| {
        assert!(head.contains("authorization: Bearer x\r\n"), "{head}");
        let location = format!("{base}/b");
        vec![text(format!(
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        ))]
    });
    let mut settings = settings(&origin.base);
    settings.headers.insert("authorization", "Bearer x".parse().unwrap());
    assert_eq!(read(&HttpSource::new(settings).unwrap()).await.unwrap(), "abc");
    let userinfo = other.base.replace("http://", "http://user:password@");
    let origin = Raw::start(move |_, _| vec![to(&userinfo)]);
    assert_eq!(read(&source(&origin.base)).await, Err(Error::Forbidden));
    assert_eq!(other.requests(), 1);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_checked_again() {
    let origin = Origin::start(Manners::default()).await;
    origin.put("a", b"123");
    let base = origin.base.replace("127.0.0.1", "origin.test");
    for second in ["127.0.0.2", "169.254.169.254", "10.0.0.1"] {
        let names = Names::new(&[("origin.test", &[&["127.0.0.1"], &[second]])]);
        let source = HttpSource::with_resolver(settings(&base), names.clone()).unwrap();
        assert_eq!(source.stat("a").await.unwrap().size, 3);
        assert_eq!(names.asked(), 1, "one look-up for one connection");
        // While the first connection is in use, a second one is needed.
        let body = source.read("a", None).await.unwrap();
        let (first, other) = tokio::join!(source.stat("a"), source.stat("a"));
        drop(body);
        assert!([first, other].contains(&Err(Error::Forbidden)), "{second}");
    }
}
