use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use http::Method;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, COOKIE, HOST, RANGE, USER_AGENT};

use super::origin::{Manners, Origin, Tag};
use super::{Names, settings, source};
use crate::guard::{Retried, RetryLimits, TimeLimits, Timed};
use crate::http::{HttpSource, Resolve};
use crate::{Error, Source, collect};

#[tokio::test]
async fn behaves_as_a_source_whatever_the_origins_manners() {
    for head in [true, false] {
        for ranges in [true, false] {
            for tag in [Tag::Strong, Tag::Weak, Tag::None] {
                let origin = Origin::start(Manners { head, ranges, tag }).await;
                let source = source(&origin.base);
                crate::testing::behaves_as_a_source(&source, async |key, bytes| origin.put(key, bytes)).await;
            }
        }
    }
}

#[tokio::test]
async fn keys_are_as_documented() {
    let origin = Origin::start(Manners::default()).await;
    let source = source(&origin.base);
    crate::documented::keys_are_as_documented("http", &source, &[], async |key, bytes| origin.put(key, bytes)).await;
}

#[tokio::test]
async fn behaves_as_a_source_behind_guards() {
    let origin = Origin::start(Manners::default()).await;
    let time = Duration::from_secs(10);
    let timed = Timed::new(source(&origin.base), TimeLimits { first_byte: time, total: time });
    let limits = RetryLimits { attempts: 2.try_into().unwrap(), first_pause: time, longest_pause: time, total: time };
    let source = Retried::new(timed, "photos", limits);
    crate::testing::behaves_as_a_source(&source, async |key, bytes| origin.put(key, bytes)).await;
}

#[tokio::test]
async fn a_stat_is_what_the_origin_states() {
    let origin = Origin::start(Manners::default()).await;
    origin.put("a", b"123");
    let stat = source(&origin.base).stat("a").await.unwrap();
    assert_eq!(stat.size, 3);
    assert_eq!(stat.version.as_str(), "\"0\"");
    assert_eq!(stat.modified, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)));
    assert_eq!(stat.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(stat.cache_control.as_deref(), Some("max-age=60, public"));
}

#[tokio::test]
async fn a_request_is_nothing_but_itself() {
    let origin = Origin::start(Manners::default()).await;
    origin.put("a", b"123");
    let mut settings = settings(&origin.base);
    settings.headers.insert(AUTHORIZATION, "Bearer of-the-origin".parse().unwrap());
    for own in [HOST, RANGE, ACCEPT_ENCODING] {
        settings.headers.insert(own, "wrong".parse().unwrap());
    }
    let source = HttpSource::new(settings).unwrap();
    source.stat("a").await.unwrap();
    collect(source.read("a", None).await.unwrap(), 3).await.unwrap();
    collect(source.read("a", Some(1..2)).await.unwrap(), 3).await.unwrap();
    let requests = origin.requests();
    let ranges: Vec<_> = requests.iter().map(|(method, headers)| (method, headers.get(RANGE))).collect();
    assert_eq!(
        ranges,
        [(&Method::HEAD, None), (&Method::GET, None), (&Method::GET, Some(&"bytes=1-1".parse().unwrap()))]
    );
    for (_, headers) in requests {
        assert_eq!(headers[AUTHORIZATION], "Bearer of-the-origin");
        assert_eq!(headers[ACCEPT_ENCODING], "identity");
        assert_eq!(headers[USER_AGENT], "lightmill");
        assert!(origin.base.contains(headers[HOST].to_str().unwrap()));
        assert!(!headers.contains_key(COOKIE));
    }
}

#[tokio::test]
async fn keys_that_would_leave_the_base_are_not_asked_for() {
    let origin = Origin::start(Manners::default()).await;
    let source = source(&origin.base);
    for key in ["", "/a", "..", "a/../../b", "./a"] {
        assert!(matches!(source.stat(key).await, Err(Error::InvalidKey(_))), "{key:?}");
        assert!(matches!(source.read(key, None).await, Err(Error::InvalidKey(_))), "{key:?}");
    }
    assert!(origin.requests().is_empty());
}

#[tokio::test]
async fn addresses_are_tried_in_turn() {
    let origin = Origin::start(Manners::default()).await;
    origin.put("a", b"123");
    let names = Names::new(&[("origin.test", &[&["127.0.0.9", "127.0.0.1"]])]);
    let mut settings = settings(&origin.base.replace("127.0.0.1", "origin.test"));
    settings.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    let source = HttpSource::with_resolver(settings, names).unwrap();
    assert_eq!(source.stat("a").await.unwrap().size, 3);
}

#[tokio::test]
async fn a_name_that_is_never_resolved_times_out() {
    #[derive(Debug)]
    struct Silent;
    #[async_trait]
    impl Resolve for Silent {
        async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }
    let mut settings = settings("http://origin.test/");
    settings.connect_timeout = Duration::from_millis(100);
    let source = HttpSource::with_resolver(settings, Arc::new(Silent)).unwrap();
    assert_eq!(source.stat("a").await, Err(Error::TimedOut));
}

#[tokio::test]
async fn nothing_that_listens_is_unavailable() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = source(&format!("http://{address}/")).stat("a").await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable { detail, .. } if detail.contains("cannot connect")), "{error:?}");
}
