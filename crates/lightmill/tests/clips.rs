//! Clips: sent while they are made, kept when they are, made once for all who ask.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufReader, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::film::{children, clip, frames_of, kept, long, probed, red_and_blue, until};
use common::hls::LONG;
use common::{Options, Service};
use lightmill_testkit::{Client, Response, Scratch};

fn serving(files: &[(&str, &[u8])]) -> Service {
    Service::with(&Options { files, ..Options::default() })
}

/// Work of some seconds.
const SLOW: &str = "/long.mp4?x-oss-process=video/compress,preset_slow,s_1280x720";

/// An answer of which the head has been read.
struct Begun {
    stream: BufReader<TcpStream>,
}

fn begin(client: &Client, target: &str) -> Begun {
    let mut stream = BufReader::new(client.open("GET", target.as_bytes(), &[], b"").unwrap());
    let mut status = [0; 12];
    // What follows is read by whoever wants it.
    stream.read_exact(&mut status).unwrap();
    if &status != b"HTTP/1.1 200" {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        panic!("{target}: {rest}");
    }
    Begun { stream }
}

impl Begun {
    /// All of it.
    fn whole(self) -> Response {
        let mut stream = BufReader::new(std::io::Cursor::new(b"HTTP/1.1 200".to_vec()).chain(self.stream));
        Response::read(&mut stream, false).unwrap()
    }
}

#[test]
fn every_container_is_sent_while_it_is_made_and_kept_for_those_who_seek() {
    let film = red_and_blue();
    let service = serving(&[("film.mp4", &film)]);
    let client = service.server.client();
    for (wish, media_type, expected) in [
        ("compress,s_160x90", "video/mp4", "h264,160,90"),
        ("compress,fmt_webm,s_160x160", "video/webm", "vp9,160,90"),
        ("transcode,fmt_mkv,vcodec_copy", "video/x-matroska", "h264,320,180"),
        ("transcode,fmt_mov", "video/quicktime", "h264,320,180"),
        ("transcode,fmt_avi", "video/x-msvideo", "h264,320,180"),
        ("transcode,fmt_flv", "video/x-flv", "h264,320,180"),
    ] {
        let target = format!("/film.mp4?x-oss-process=video/{wish}");
        let head = client.head(&target);
        assert_eq!(
            (head.status, head.header("content-type"), head.header("content-length")),
            (200, Some(media_type), None)
        );
        let grown = client.get(&target);
        assert_eq!((grown.status, grown.header("content-type")), (200, Some(media_type)), "{wish}: {}", grown.text());
        assert_eq!((grown.header("x-lightmill-cache"), grown.header("accept-ranges")), (Some("miss"), None), "{wish}");
        assert_eq!(probed(&grown.body, "codec_name,width,height")[0], expected, "{wish}");

        let kept = kept(&client, &target);
        assert_eq!((kept.header("x-lightmill-cache"), kept.header("content-type")), (Some("disk"), Some(media_type)));
        assert_eq!(kept.header("content-length").unwrap().parse(), Ok(kept.body.len()));
        assert_eq!(probed(&kept.body, "codec_name,width,height")[0], expected, "{wish}");
        assert_eq!(frames_of(&kept.body), frames_of(&grown.body), "{wish}: the same pictures");
        assert_eq!(frames_of(&kept.body).0, 20, "{wish}");
    }
}

#[test]
fn a_kept_clip_is_read_in_parts() {
    let film = red_and_blue();
    let service = serving(&[("film.mp4", &film)]);
    let client = service.server.client();
    let target = "/film.mp4?x-oss-process=video/compress,s_160x90";
    let grown = client.get(target);
    let growing = grown.header("etag").unwrap();
    assert!(growing.starts_with("W/\""), "{growing}");
    let whole = kept(&client, target);
    let place = |name: &[u8]| whole.body.windows(4).position(|four| four == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"), "the index is in front");

    let etag = whole.header("etag").unwrap();
    assert!(etag.starts_with('"'), "{etag}");
    let size = whole.body.len();
    for (range, status, expected) in [
        ("bytes=0-1", 206, &whole.body[..2]),
        ("bytes=100-199", 206, &whole.body[100..200]),
        ("bytes=-5", 206, &whole.body[size - 5..]),
        ("bytes=0-", 206, &whole.body[..]),
        ("bytes=999999999-", 416, b""),
    ] {
        let part = client.get_with(target, &[("range", range)]);
        assert_eq!(part.status, status, "{range}");
        if status == 206 {
            assert_eq!(part.body, expected, "{range}");
            assert!(part.header("content-range").unwrap().ends_with(&format!("/{size}")), "{range}");
        }
    }
    let status = |headers: &[(&str, &str)]| client.get_with(target, headers).status;
    assert_eq!(status(&[("if-none-match", etag)]), 304);
    assert_eq!(status(&[("if-none-match", growing)]), 200, "a cache that has the growing one gets the other");
    assert_eq!(status(&[("range", "bytes=0-1"), ("if-range", etag)]), 206);
    assert_eq!(status(&[("range", "bytes=0-1"), ("if-range", growing)]), 200);
}

#[test]
fn all_who_ask_meanwhile_share_one_encoder() {
    let film = long(8);
    let service = serving(&[("long.mp4", &film)]);
    let client = service.server.client();
    let first = begin(&client, SLOW);
    let others: Vec<Begun> = (0..6).map(|_| begin(&client, SLOW)).collect();
    assert_eq!(children(&service.server).len(), 1);
    // Whoever began it may leave.
    drop(first);
    let bodies: Vec<Response> = std::thread::scope(|scope| {
        let reading: Vec<_> = others.into_iter().map(|one| scope.spawn(|| one.whole())).collect();
        reading.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(bodies.iter().all(|one| one.body == bodies[0].body && one.header("x-lightmill-cache") == Some("joined")));
    assert_eq!(frames_of(&bodies[0].body).0, 200);
    kept(&client, SLOW);
    assert!((service.server.metric("lightmill_made_total", &["format=\"mp4\""]) - 1.0).abs() < 0.5);
}

#[test]
fn the_last_client_that_leaves_ends_the_work() {
    let film = long(20);
    let folder = Scratch::new().unwrap();
    let tables = format!("[video]\nwork = \"{}\"", folder.path().display());
    let service = Service::with(&Options { tables: &tables, files: &[("long.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let two = [begin(&client, SLOW), begin(&client, SLOW)];
    assert_eq!(children(&service.server).len(), 1);
    let [first, second] = two;
    drop(first);
    drop(second);
    let left = Instant::now();
    until(Duration::from_secs(1), || children(&service.server).is_empty());
    println!("ended within {:?}", left.elapsed());
    // What is asked for again begins anew.
    let again = begin(&client, SLOW);
    assert_eq!(children(&service.server).len(), 1);
    drop(again);
    until(Duration::from_secs(1), || children(&service.server).is_empty());
}

#[test]
fn a_slow_client_holds_nothing_in_memory() {
    let film = clip(
        "testsrc2=size=1280x720:rate=25:duration=20,noise=alls=8:allf=t",
        &["-pix_fmt", "yuv420p", "-preset", "ultrafast", "-crf", "23"],
        "noise.mp4",
    );
    assert!((40 << 20..180 << 20).contains(&film.len()), "{}", film.len());
    let service = serving(&[("noise.mp4", &film)]);
    let client = service.server.client();
    let target = "/noise.mp4?x-oss-process=video/transcode,vcodec_copy";
    let slow = begin(&client, target);
    // The encoder does not wait for it, nor does anybody else.
    let kept = kept(&client, target);
    assert!(kept.body.len() > 40 << 20);
    let peak = service.server.peak_resident_bytes().unwrap();
    assert!(peak < 120 << 20, "{} MiB", peak >> 20);
    assert_eq!(frames_of(&slow.whole().body), frames_of(&kept.body));
}

#[test]
fn other_instances_serve_it_from_the_store_until_it_is_purged() {
    let film = red_and_blue();
    let folder = Scratch::new().unwrap();
    let token = "a-token-for-tests";
    let tables = format!(
        "[results]\nsource = \"made\"\n[sources.made]\nurl = \"{}\"\n[admin]\ntokens = [\"{token}\"]",
        folder.path().display()
    );
    let options = Options { tables: &tables, files: &[("film.mp4", &film)], ..Options::default() };
    let first = Service::with(&options);
    let target = "/film.mp4?x-oss-process=video/compress,s_160x90";
    let grown = first.server.client().get(target);
    assert_eq!(grown.status, 200);
    until(LONG, || first.server.client().head(target).header("content-length").is_some());

    // Another instance has the same videos.
    let second = first.another();
    let found = second.client().get(target);
    assert_eq!((found.status, found.header("x-lightmill-cache")), (200, Some("stored")), "{}", found.text());
    assert_eq!(frames_of(&found.body), frames_of(&grown.body));
    let part = second.client().get_with(target, &[("range", "bytes=10-19")]);
    assert_eq!((part.status, &part.body[..]), (206, &found.body[10..20]));
    assert!(second.metric("lightmill_made_total", &["format=\"mp4\""]) < 0.5);

    let authorization = format!("Bearer {token}");
    let body = br#"{"source": "photos", "key": "film.mp4"}"#;
    let purged = second.admin().send("POST", b"/purge", &[("authorization", &authorization)], body).unwrap();
    assert_eq!(purged.json()["stored"], 1, "{}", purged.text());
    assert_eq!(second.client().get(target).header("x-lightmill-cache"), Some("miss"));
}

#[test]
fn what_a_killed_server_left_is_removed_by_the_next() {
    let film = long(20);
    let folder = Scratch::new().unwrap();
    let tables = format!("[video]\nwork = \"{}\"", folder.path().display());
    let options = Options { tables: &tables, files: &[("long.mp4", &film)], ..Options::default() };
    let mut first = Service::with(&options);
    let _one = begin(&first.server.client(), SLOW);
    let left = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left(), 1);
    first.server.kill().unwrap();
    assert_eq!(left(), 1);
    let second = Service::with(&options);
    let _one = begin(&second.server.client(), SLOW);
    assert_eq!(left(), 1, "its own");
}

#[test]
fn clips_are_kept_nowhere_if_they_are_not_to_be() {
    let film = red_and_blue();
    let options = Options { tables: "[video]\nkept_bytes = 0", files: &[("film.mp4", &film)], ..Options::default() };
    let service = Service::with(&options);
    let client = service.server.client();
    let target = "/film.mp4?x-oss-process=video/compress,s_160x90";
    for _ in 0..2 {
        assert_eq!(client.get(target).header("x-lightmill-cache"), Some("miss"));
        until(LONG, || children(&service.server).is_empty());
    }
    let hls = client.get("/film.mp4?x-oss-process=video/compress,fmt_hls");
    assert_eq!(hls.status, 501, "{}", hls.text());
}
