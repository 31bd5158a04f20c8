//! Videos through the real binary and the real ffmpeg, with clips that the test makes.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::film::{clip, red_and_blue};
use common::{BINARY, Options, Service};
use lightmill_testkit::{Picture, Scratch};
use serde_json::Value;

fn serving(files: &[(&str, &[u8])]) -> Service {
    Service::with(&Options { files, ..Options::default() })
}

#[test]
fn frames_are_taken_and_worked_on() {
    let film = red_and_blue();
    let service = serving(&[("film.mp4", &film)]);
    let client = service.server.client();
    for (time, red) in [(0, true), (500, true), (1500, false), (99_000, false)] {
        let target = format!("/film.mp4?x-oss-process=video/snapshot,t_{time},f_png");
        let answer = client.get(&target);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/png")), "{}", answer.text());
        let picture = Picture::decode(&answer.body).unwrap();
        assert_eq!((picture.width(), picture.height()), (320, 180));
        let [r, _, b, _] = picture.pixel(160, 90).unwrap();
        assert_eq!((r > 200 && b < 60, b > 200 && r < 60), (red, !red), "{time}: {r} {b}");
    }
    let small = client.get("/film.mp4?x-oss-process=video/snapshot,t_500,f_webp/image/resize,w_64");
    assert_eq!((small.status, small.header("content-type")), (200, Some("image/webp")), "{}", small.text());
    assert_eq!(Picture::decode(&small.body).unwrap().width(), 64);

    // It is a result like any other.
    let target = "/film.mp4?x-oss-process=video/snapshot,t_500,f_png";
    let again = client.get(target);
    assert_eq!(again.header("x-lightmill-cache"), Some("hit"));
    let etag = again.header("etag").unwrap();
    assert_eq!(client.send("GET", target.as_bytes(), &[("if-none-match", etag)], b"").unwrap().status, 304);
}

#[test]
fn urls_of_imagor_take_frames_of_videos() {
    let film = red_and_blue();
    let mount = Some("unsafe = true");
    let tables =
        "[[mounts]]\npath = '/imagor'\ndialect = 'thumbor'\nflavour = 'imagor'\nsources = ['photos']\nunsafe = true";
    let service = Service::with(&Options { mount, tables, files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let blue = |filters: &str| {
        let answer = client.get(&format!("/imagor/unsafe/64x36/{filters}film.mp4"));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/jpeg")), "{}", answer.text());
        let picture = Picture::decode(&answer.body).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 36));
        let [_, _, blue, _] = picture.pixel(32, 18).unwrap();
        blue > 150
    };
    assert!(!blue("filters:frame(0.2)/") && blue("filters:frame(1500ms)/") && blue("filters:frame(15)/"));
    assert!(blue("filters:seek(1.2s)/"));
    // Any frame is one of the two.
    blue("");
    let wrong = client.get("/imagor/unsafe/64x36/filters:frame(soon)/film.mp4");
    assert_eq!((wrong.status, wrong.header("x-lightmill-ignored")), (200, Some("frame")));
}

#[test]
fn what_is_in_a_video_is_told() {
    let film = clip("testsrc=size=320x180:rate=10:duration=2", &["-pix_fmt", "yuv420p"], "a.webm");
    let service = serving(&[("film.webm", &film)]);
    let told = service.server.client().get("/film.webm?x-oss-process=video/info");
    assert_eq!((told.status, told.header("content-type")), (200, Some("application/json")), "{}", told.text());
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["duration_seconds"], 2.0, "{told}");
    assert_eq!(told["video"][0]["codec"], "vp9", "{told}");
}

#[test]
fn sheets_and_previews_are_made() {
    let film = red_and_blue();
    let service = serving(&[("film.mp4", &film)]);
    let client = service.server.client();
    let sheet = client.get("/film.mp4?x-oss-process=video/sprite,f_png,sw_64,tw_2,th_1,inter_1000,num_2");
    assert_eq!((sheet.status, sheet.header("content-type")), (200, Some("image/png")), "{}", sheet.text());
    let sheet = Picture::decode(&sheet.body).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (128, 36));
    let ([red, ..], [_, _, blue, _]) = (sheet.pixel(32, 18).unwrap(), sheet.pixel(96, 18).unwrap());
    assert!(red > 200 && blue > 200, "{red} {blue}");
    for (format, media_type) in [("gif", "image/gif"), ("webp", "image/webp")] {
        let target = format!("/film.mp4?x-oss-process=video/preview,f_{format},ss_500,t_1000");
        let preview = client.get(&target);
        assert_eq!((preview.status, preview.header("content-type")), (200, Some(media_type)), "{}", preview.text());
        let info = Picture::decode(&preview.body).unwrap();
        assert!(info.frames.len() >= 2 && info.width() <= 320, "{} frames", info.frames.len());
        assert_eq!(client.get(&target).header("x-lightmill-cache"), Some("hit"));
    }
}

#[test]
fn bad_wishes_and_bad_files_are_told_apart() {
    let film = red_and_blue();
    let playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
    let service = serving(&[
        ("film.mp4", &film),
        ("half.mp4", &film[..film.len() / 2]),
        ("list.mp4", playlist),
        ("empty.mp4", b""),
    ]);
    let client = service.server.client();
    for (target, status, words) in [
        ("/film.mp4?x-oss-process=video/snapshot,t_x,f_jpg", 400, "t"),
        ("/film.mp4?x-oss-process=video/snapshot,t_0,f_bmp", 400, "f"),
        ("/film.mp4?x-oss-process=video/snapshot,t_0,f_jpg,w_4000", 400, "320"),
        ("/film.mp4?x-oss-process=video/unknown,t_0", 400, "unknown"),
        ("/none.mp4?x-oss-process=video/snapshot,t_0,f_jpg", 404, "key"),
        ("/rocket.jpg?x-oss-process=video/snapshot,t_0,f_jpg", 415, "video"),
        ("/half.mp4?x-oss-process=video/snapshot,t_0,f_jpg", 415, "video"),
        ("/list.mp4?x-oss-process=video/snapshot,t_0,f_jpg", 415, "video"),
        ("/empty.mp4?x-oss-process=video/info", 415, "video"),
        ("/rocket.jpg?x-oss-process=video/compress,fmt_hls", 415, "video"),
        ("/film.mp4?x-oss-process=video/compress,fmt_hls&lm-part=init_9.mp4", 404, "part"),
        ("/film.mp4?x-oss-process=video/compress,fmt_hls&lm-part=../../etc", 404, "part"),
        ("/film.mp4?x-oss-process=video/compress&lm-part=init_0.mp4", 404, "part"),
        ("/rocket.jpg?lm-part=init_0.mp4", 404, "part"),
        ("/film.mp4?x-oss-process=video/compress,q_99", 400, "q"),
        ("/rocket.jpg?x-oss-process=video/compress", 415, "video"),
    ] {
        let answer = client.get(target);
        assert_eq!(answer.status, status, "{target}: {}", answer.text());
        assert!(answer.text().contains(words), "{target}: {}", answer.text());
        for leak in ["127.0.0.1", "http:", "/etc", "-i "] {
            assert!(!answer.text().contains(leak), "{target}: {}", answer.text());
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{target}");
    }
}

#[test]
fn frames_are_explained() {
    let folder = Scratch::new().unwrap();
    folder.write("film.mp4", red_and_blue()).unwrap();
    let config = folder.write("lightmill.toml", "[sources.films]\nurl = '.'\n[[mounts]]\n").unwrap();
    for (wish, planned) in [("snapshot,t_0,f_jpg/image/resize,w_32", true), ("sprite,num_4", true), ("info", false)] {
        let url = format!("/film.mp4?x-oss-process=video/{wish}");
        let said = Command::new(BINARY).args(["explain", &url, "--config"]).arg(&config).output().unwrap();
        assert!(said.status.success(), "{wish}: {}", String::from_utf8_lossy(&said.stderr));
        let said: Value = serde_json::from_slice(&said.stdout).unwrap();
        assert_eq!(said["plan"].is_object(), planned, "{wish}: {said}");
    }
}

#[test]
fn a_missing_tool_is_a_mistake_of_the_configuration_or_a_501() {
    let folder = Scratch::new().unwrap();
    let config = folder
        .write("lightmill.toml", "[video]\nffmpeg = '/nowhere/ffmpeg'\n[sources.photos]\nurl = '.'\n[[mounts]]\n")
        .unwrap();
    let check = Command::new(BINARY).args(["check", "--config"]).arg(config).output().unwrap();
    assert_eq!(check.status.code(), Some(64));
    let said = String::from_utf8(check.stderr).unwrap();
    assert!(said.contains("ffmpeg is missing"), "{said}");

    let film = red_and_blue();
    // What ffmpeg hands over is none of the formats that are read from stores.
    let options = Options { tables: "[formats]\nbmp = false", files: &[("film.mp4", &film)], ..Options::default() };
    let service = Service::with(&options);
    let frame = service.server.client().get("/film.mp4?x-oss-process=video/snapshot,t_0,f_jpg");
    assert_eq!(frame.status, 200, "{}", frame.text());

    let options = Options { tables: "[video]\nenabled = false", files: &[("film.mp4", &film)], ..Options::default() };
    let service = Service::with(&options);
    let refused = service.server.client().get("/film.mp4?x-oss-process=video/snapshot,t_0,f_jpg");
    assert_eq!(refused.status, 501, "{}", refused.text());
}
