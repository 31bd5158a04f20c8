//! Tracks of thumbnails: they name the sheet that they belong to, and where each frame lies on it.
#![allow(clippy::unwrap_used)]

mod common;

use common::film::{children, red_and_blue};
use common::hls::good;
use common::{Options, Service};
use lightmill_dialects::signature::{Keys, sign};
use lightmill_testkit::Picture;

/// The cues of a track: from, to, address, and place.
fn cues(text: &str) -> Vec<(String, String, String, [u32; 4])> {
    let mut blocks = text.split("\n\n");
    assert_eq!(blocks.next(), Some("WEBVTT"));
    let cue = |block: &str| {
        let (times, payload) = block.trim_end().split_once('\n').unwrap();
        let (from, to) = times.split_once(" --> ").unwrap();
        let (address, place) = payload.split_once("#xywh=").unwrap();
        let numbers: Vec<u32> = place.split(',').map(|number| number.parse().unwrap()).collect();
        (from.to_owned(), to.to_owned(), address.to_owned(), numbers.try_into().unwrap())
    };
    blocks.map(cue).collect()
}

#[test]
fn each_cue_names_its_frame_on_the_sheet() {
    let film = red_and_blue();
    let service = Service::with(&Options { files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let sheet = "/film.mp4?x-oss-process=video/sprite,f_png,inter_500,sw_64,tw_3";
    let track = format!("{sheet}&lm-part=thumbnails.vtt");
    let head = client.head(&track);
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/vtt")));
    let answer = good(&client, &track);
    assert_eq!(answer.header("content-type"), Some("text/vtt"));
    let cues = cues(&answer.text());
    let times: Vec<(&str, &str)> = cues.iter().map(|(from, to, ..)| (&**from, &**to)).collect();
    assert_eq!(
        times,
        [
            ("00:00:00.000", "00:00:00.500"),
            ("00:00:00.500", "00:00:01.000"),
            ("00:00:01.000", "00:00:01.500"),
            ("00:00:01.500", "00:00:02.000"),
        ]
    );
    for (index, (_, _, address, [x, y, width, height])) in cues.iter().enumerate() {
        // Against the track's own address (RFC 3986, section 5.2.2): the same path, this query.
        let picture = Picture::decode(&good(&client, &format!("/film.mp4{address}")).body).unwrap();
        assert_eq!((picture.width(), picture.height(), *width, *height), (192, 72, 64, 36));
        let [red, _, blue, _] = picture.pixel(x + width / 2, y + height / 2).unwrap();
        assert_eq!((red > 200, blue > 200), (index < 2, index >= 2), "{index}: {red} {blue}");
    }
    let etag = answer.header("etag").unwrap();
    assert_ne!(Some(etag), good(&client, sheet).header("etag"));
    assert_eq!(client.get_with(&track, &[("if-none-match", etag)]).status, 304);
    assert!(children(&service.server).is_empty());
}

#[test]
fn only_sheets_have_a_track() {
    let film = red_and_blue();
    let service = Service::with(&Options { files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    for target in [
        "/film.mp4?x-oss-process=video/snapshot,t_0,f_jpg",
        "/film.mp4?x-oss-process=video/compress,fmt_hls",
        "/film.mp4?x-oss-process=video/compress",
        "/film.mp4?x-oss-process=video/info",
        "/rocket.jpg?x-oss-process=image/resize,w_100",
        "/film.mp4?",
    ] {
        let refused = client.get(&format!("{target}&lm-part=thumbnails.vtt"));
        assert_eq!((refused.status, refused.header("cache-control")), (404, Some("no-store")), "{target}");
    }
    let sprite = "x-oss-process=video/sprite&lm-part=thumbnails.vtt";
    assert_eq!(client.get(&format!("/rocket.jpg?{sprite}")).status, 415);
    assert_eq!(client.get(&format!("/none.mp4?{sprite}")).status, 404);
}

#[test]
fn a_track_has_the_signature_of_its_sheet() {
    let film = red_and_blue();
    let options = Options { mount: Some("keys = ['a-key']"), files: &[("film.mp4", &film)], ..Options::default() };
    let service = Service::with(&options);
    let client = service.server.client();
    let (path, query) = ("/film.mp4", "x-oss-process=video/sprite,sw_64");
    assert_eq!(client.get(&format!("{path}?{query}&lm-part=thumbnails.vtt")).status, 403);
    let signed = sign(path, Some(query), &Keys::new(["a-key"]).unwrap());
    let track = good(&client, &format!("{path}?{signed}&lm-part=thumbnails.vtt")).text();
    let cues = cues(&track);
    assert!(cues.len() > 5, "{track}");
    assert!(cues.iter().all(|(_, _, address, _)| *address == format!("?{signed}")), "{track}");
    good(&client, &format!("{path}{}", cues[0].2));
}
