//! What passes is tried again.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lightmill_testkit::Server;
use lightmill_testkit::servers::raw::{Raw, Step, text};
use serde_json::json;

use crate::clips::{LONG, long_film};
use crate::common::SAMPLES;
use crate::shop::Shop;

#[test]
fn a_store_that_fails_for_a_while_fails_no_job() {
    let photo = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let origin = Raw::start(move |_, head| {
        let found =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\netag: \"1\"\r\nconnection: close\r\n\r\n", photo.len());
        if head.starts_with("HEAD") {
            return vec![text(found)];
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => vec![text("HTTP/1.1 503 Not Now\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")],
            _ => vec![text(found), Step::Write(photo.clone())],
        }
    });
    let tables = format!(
        "[sources.origin]\nurl = '{}'\nallow_private = ['127.0.0.1']\nattempts = 1\n\
         [[mounts]]\npath = '/far'\nsources = ['origin']\nunsafe = true",
        origin.base
    );
    let shop = Shop::open(&tables, &[]);
    let id = shop.order(&json!({ "url": "/far/rocket.jpg?x-oss-process=image/resize,w_50" }));
    let waiting = shop.until(&id, |job| job["state"] == "queued" && job["attempts"] == 1);
    assert_eq!(waiting["error"]["code"], "SourceUnavailableError", "{waiting}");
    let job = shop.end(&id);
    assert_eq!((&job["state"], &job["attempts"], job.get("error")), (&json!("done"), &json!(3), None), "{job}");
    assert_eq!(reads.load(Ordering::SeqCst), 3);
}

#[test]
fn too_much_else_to_do_is_no_attempt() {
    let shop = Shop::open("[video]\nprocesses = 1\nqueue_length = 0", &long_film());
    // A page has the only place, and takes its time.
    let mut page = shop.client().open("GET", LONG.as_bytes(), &[], b"").unwrap();
    page.read_exact(&mut [0; 64]).unwrap();
    let id = shop.order(&json!({ "url": "/film.mp4?x-oss-process=video/snapshot,t_0,f_jpg,m_fast" }));
    let waiting = shop.until(&id, |job| job["state"] == "queued" && job["started"].is_string());
    assert_eq!(
        (&waiting["attempts"], &waiting["error"]["code"]),
        (&json!(0), &json!("TooManyRequestsError")),
        "{waiting}"
    );
    drop(page);
    let job = shop.end(&id);
    assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(1)), "{job}");
}

#[test]
fn processes_share_the_work() {
    let shop = Shop::open("at_a_time = 1", &[]);
    let other = shop.another();
    // So much work that the other one has looked for it before all is done.
    let wish = |width: u32| json!({ "url": format!("/rocket.jpg?x-oss-process=image/resize,limit_0,w_{width}/blur,r_50,s_50") });
    let ids: Vec<_> = (2000..2040).map(|width| shop.order(&wish(width))).collect();
    for id in &ids {
        let job = shop.end(id);
        assert_eq!((&job["state"], &job["attempts"]), (&json!("done"), &json!(1)), "{job}");
    }
    let done = |server: &Server| server.metric("lightmill_job_seconds_count", &["outcome=\"done\""]) as u64;
    let (here, there) = (done(&shop.server), done(&other));
    assert!(here > 0 && there > 0 && here + there == 40, "{here} and {there}");
}
