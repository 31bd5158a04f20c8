//! HLS: playlists that grow, segments that stay, and instances that take over from each other.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::film::{children, frames, frames_of, long, red_and_blue, until};
use common::hls::{LONG, good, joined, named, whole};
use common::{Options, Service};
use lightmill_testkit::Scratch;

const PLAYLIST: &str = "application/vnd.apple.mpegurl";

#[test]
fn a_playlist_starts_the_work_and_segments_are_served_as_they_appear() {
    let film = long(14);
    let service = Service::with(&Options { files: &[("long.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls,preset_slow,s_1280x720,r_25";
    let status = format!("{target}&lm-part=status.json");
    let head = client.head(target);
    assert_eq!((head.status, head.header("content-type")), (200, Some(PLAYLIST)));
    assert!(children(&service.server).is_empty(), "nobody starts an encoder to learn its headers");

    let master = good(&client, target);
    assert_eq!((master.header("content-type"), master.header("cache-control")), (Some(PLAYLIST), Some("max-age=1")));
    assert!(master.text().contains("RESOLUTION=1280x720") && master.text().contains("CODECS="), "{}", master.text());
    let media = named(target, &master.text()).pop().unwrap();
    let growing = good(&client, &media).text();
    assert!(growing.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !growing.contains("ENDLIST"), "{growing}");
    let first = named(target, &growing);
    let segment = good(&client, &first[1]);
    assert_eq!(segment.header("content-type"), Some("video/mp4"));
    let told = good(&client, &status).json();
    assert_eq!(told["done"], false, "{told}");
    assert!(told["seconds"].as_f64().unwrap() >= 4.0, "{told}");

    // What is not there yet is no error that anybody keeps.
    let later = client.get(&format!("{target}&lm-part=segment_0_00099.m4s"));
    assert_eq!((later.status, later.header("cache-control")), (404, Some("no-store")));

    let text = whole(&client, &media);
    assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD") && text.contains("#EXT-X-TARGETDURATION:4\n"), "{text}");
    assert_eq!(named(target, &text).len(), 5, "14 s are four segments: {text}");
    let told = good(&client, &status).json();
    assert_eq!((&told["done"], &told["percent"]), (&true.into(), &100.0.into()), "{told}");
    assert_eq!(frames_of(&joined(&client, target, &text)).0, 350);
    until(LONG, || children(&service.server).is_empty());

    // What is whole is kept by caches, and what never changes always.
    assert_ne!(good(&client, target).header("cache-control"), Some("max-age=1"));
    let etag = segment.header("etag").unwrap();
    assert_eq!(client.get_with(&first[1], &[("if-none-match", etag)]).status, 304);
    let part = client.get_with(&first[1], &[("range", "bytes=0-9")]);
    assert_eq!((part.status, &part.body[..]), (206, &segment.body[..10]));
}

#[test]
fn players_play_it() {
    let film = long(9);
    let service = Service::with(&Options { files: &[("long.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls,preset_ultrafast,r_25,s_720p-360p-320x180";
    let master = good(&client, target).text();
    for words in ["1280x720", "640x360", "320x180", "TYPE=AUDIO", "AUDIO=\"group_sound\""] {
        assert!(master.contains(words), "{words}: {master}");
    }
    let bandwidths: Vec<u64> =
        master.lines().filter_map(|line| line.split_once("BANDWIDTH=")?.1.split(',').next()?.parse().ok()).collect();
    assert!(bandwidths.len() == 3 && bandwidths.is_sorted_by(|a, b| a > b), "{bandwidths:?}");
    let tracks = named(target, &master);
    assert_eq!(tracks.len(), 4, "three sizes and one sound: {master}");
    for track in &tracks {
        whole(&client, track);
    }
    // A player that finds its way alone, from the first playlist on.
    let address = format!("http://{}{target}", client.address());
    assert_eq!(frames(address).0, 225);
}

#[test]
fn parts_have_the_signature_of_their_playlist() {
    let film = red_and_blue();
    let options = Options { mount: Some("keys = ['a-key']"), files: &[("film.mp4", &film)], ..Options::default() };
    let service = Service::with(&options);
    let client = service.server.client();
    let target = "/film.mp4?x-oss-process=video/compress,fmt_hls";
    assert_eq!(client.get(target).status, 403);
    let keys = lightmill_dialects::signature::Keys::new(["a-key"]).unwrap();
    let (path, query) = target.split_once('?').unwrap();
    let signed = format!("{path}?{}", lightmill_dialects::signature::sign(path, Some(query), &keys));
    let master = good(&client, &signed).text();
    let media = named(&signed, &master).pop().unwrap();
    let text = whole(&client, &media);
    assert_eq!(frames_of(&joined(&client, &signed, &text)).0, 20);
    let other = media.replace("fmt_hls", "fmt_hls,q_20");
    assert_eq!(client.get(&other).status, 403, "{other}");
}

/// Two instances over one result store.
fn sharing(film: &[u8]) -> (Scratch, Service) {
    let folder = Scratch::new().unwrap();
    let tables = format!("[results]\nsource = \"made\"\n[sources.made]\nurl = \"{}\"", folder.path().display());
    let options = Options { tables: &tables, files: &[("long.mp4", film)], ..Options::default() };
    (folder, Service::with(&options))
}

#[test]
fn every_instance_serves_what_one_makes_and_another_takes_over_when_it_dies() {
    let (_folder, mut first) = sharing(&long(16));
    let second = first.another();
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls,preset_slow,s_1280x720,r_25";
    let master = good(&first.server.client(), target).text();
    let media = named(target, &master).pop().unwrap();

    let there = second.client();
    assert_eq!(good(&there, target).text(), master);
    let growing = good(&there, &media).text();
    assert!(!growing.contains("ENDLIST"), "{growing}");
    let early = good(&there, &named(target, &growing)[1]);
    assert_eq!(early.header("x-lightmill-cache"), Some("stored"));
    assert!(children(&second).is_empty(), "one maker for all instances");

    first.server.kill().unwrap();
    let killed = Instant::now();
    let text = whole(&there, &media);
    println!("whole {:?} after the maker was killed", killed.elapsed());
    assert_eq!(frames_of(&joined(&there, target, &text)).0, 400);
}

#[test]
fn whoever_stops_gives_the_work_back_at_once() {
    let (_folder, mut first) = sharing(&long(16));
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls,preset_slow,s_1280x720,r_25";
    good(&first.server.client(), target);
    first.server.ask_to_stop().unwrap();
    assert_eq!(first.server.wait(Duration::from_secs(20)).unwrap().code, Some(0), "{}", first.server.logs());
    let second = first.another();
    let start = Instant::now();
    good(&second.client(), target);
    assert!(start.elapsed() < Duration::from_secs(12), "it did not wait for the lease: {:?}", start.elapsed());
    assert_eq!(children(&second).len(), 1);
}

#[test]
fn what_was_lost_is_made_anew() {
    let film = red_and_blue();
    let (folder, service) = sharing(&film);
    let client = service.server.client();
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls";
    let media = named(target, &good(&client, target).text()).pop().unwrap();
    let text = whole(&client, &media);
    let segment = named(target, &text).pop().unwrap();
    let before = good(&client, &segment).body;
    // As a store's rules of expiry do: the largest objects are media.
    let below = folder.path().join("photos/long.mp4");
    let mut lost = 0;
    for file in std::fs::read_dir(below).unwrap().flatten().filter(|file| file.metadata().unwrap().len() > 1500) {
        std::fs::remove_file(file.path()).unwrap();
        lost += 1;
    }
    assert!(lost > 0);
    assert_eq!(good(&client, &segment).body, before);
}
