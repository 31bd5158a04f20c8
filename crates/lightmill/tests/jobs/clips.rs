//! Clips of videos, which are what jobs are for.

use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lightmill_testkit::Scratch;
use serde_json::{Value, json};

use crate::shop::Shop;

/// A clip of ffmpeg's test picture.
fn film(seconds: u32, size: &str) -> Vec<u8> {
    let folder = Scratch::new().unwrap();
    let file = folder.path().join("film.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &format!("testsrc2=size={size}:rate=25:duration={seconds}")])
        .args(["-pix_fmt", "yuv420p", "-preset", "ultrafast"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(file).unwrap()
}

/// Files with the one that [`LONG`] is made of.
pub fn long_film() -> [(&'static str, &'static [u8]); 1] {
    static FILM: LazyLock<Vec<u8>> = LazyLock::new(|| film(20, "1280x720"));
    [("film.mp4", &FILM)]
}

/// Minutes of work for one machine, which end with their cancelling.
pub const LONG: &str = "/film.mp4?x-oss-process=video/compress,preset_veryslow,s_1280x720";

#[test]
fn a_clip_is_made_while_its_progress_rises() {
    let shop = Shop::open("", &[("film.mp4", &film(30, "640x360"))]);
    let url = "/film.mp4?x-oss-process=video/compress,preset_slow,s_640x360";
    let id = shop.order(&json!({ "url": url }));
    let (mut seen, mut speeds): (Vec<f64>, usize) = (Vec::new(), 0);
    let deadline = Instant::now() + Duration::from_mins(3);
    let job = loop {
        let job = shop.job(&id);
        assert!(Instant::now() < deadline, "{job}");
        match (job["state"].as_str(), job["percent"].as_f64()) {
            (Some("running"), Some(percent)) if seen.last() != Some(&percent) => {
                seen.push(percent);
                speeds += usize::from(job["speed"].as_f64().is_some_and(|speed| speed > 0.0));
            }
            (Some("queued" | "running"), _) => std::thread::sleep(Duration::from_millis(50)),
            _ => break job,
        }
    };
    assert_eq!((&job["state"], &job["percent"]), (&json!("done"), &json!(100.0)), "{job}");
    assert!(seen.len() >= 2 && seen.is_sorted() && seen[0] < 100.0 && speeds > 0, "{seen:?}, {speeds} with a speed");
    assert_eq!(job["result"]["content_type"], "video/mp4");
    assert!(job["result"]["bytes"].as_u64().unwrap() > 10_000, "{job}");
    // Where a GET finds it, without another encoding.
    let got = shop.client().get(url);
    assert_eq!((got.status, got.content_type(), got.header("x-lightmill-cache")), (200, "video/mp4", Some("disk")));
    assert_eq!(job["result"]["bytes"], got.body.len());
}

#[test]
fn a_clip_is_saved_where_the_order_says() {
    let shop = Shop::open("", &[("film.mp4", &film(2, "320x180"))]);
    let url = "/film.mp4?x-oss-process=video/compress,s_160x90";
    let job = shop.end(&shop.order(&json!({ "url": url, "save": { "source": "out", "key": "small/film.mp4" } })));
    assert_eq!((&job["state"], &job["result"]["saved"]["key"]), (&json!("done"), &json!("small/film.mp4")), "{job}");
    let file = std::fs::read(shop.folder.path().join("out/small/film.mp4")).unwrap();
    assert_eq!(shop.client().get(url).body, file);
}

#[test]
fn hls_is_made_to_its_end_or_ends_with_the_job() {
    let shop = Shop::open("", &[("film.mp4", &film(9, "320x180"))]);
    let url = "/film.mp4?x-oss-process=video/compress,fmt_hls,s_160x90";
    let job = shop.end(&shop.order(&json!({ "url": url })));
    assert_eq!(
        (&job["state"], &job["result"]["content_type"]),
        (&json!("done"), &json!("application/vnd.apple.mpegurl"))
    );
    let status = shop.client().get(&format!("{url}&lm-part=status.json")).json();
    assert_eq!((&status["done"], &status["seconds"]), (&json!(true), &json!(9.0)), "{status}");

    let shop = Shop::open("", &long_film());
    let id = shop.order(&json!({ "url": format!("{LONG},fmt_hls") }));
    shop.until(&id, |_| shop.children().iter().any(|name| name.starts_with("ffmpeg")));
    assert_eq!(shop.ask("DELETE", &format!("/jobs/{id}")).status, 200);
    let asked = Instant::now();
    while !shop.children().is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", shop.children());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_cancelled_ends_within_a_second() {
    let shop = Shop::open("", &long_film());
    let id = shop.order(&json!({ "url": LONG }));
    shop.until(&id, |job| job["percent"].as_f64().is_some());
    assert_eq!(shop.children().len(), 1, "an encoder is at work");
    let told = shop.ask("DELETE", &format!("/jobs/{id}"));
    let asked = Instant::now();
    assert_eq!(told.status, 200, "{}", told.text());
    while !shop.children().is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", shop.children());
        std::thread::sleep(Duration::from_millis(10));
    }
    let job: Value = shop.end(&id);
    assert_eq!((&job["state"], job.get("result")), (&json!("cancelled"), None), "{job}");
}

#[test]
fn pages_do_not_wait_for_jobs() {
    let shop = Shop::open("at_a_time = 1", &long_film());
    let long = shop.order(&json!({ "url": LONG }));
    let next = shop.order(&json!({ "url": format!("{LONG},q_30") }));
    shop.until(&long, |job| job["percent"].as_f64().is_some());
    let picture = shop.client().get("/rocket.jpg?x-oss-process=image/resize,w_50");
    assert_eq!(picture.status, 200, "{}", picture.text());
    assert_eq!(shop.job(&next)["state"], "queued", "one at a time");
}
