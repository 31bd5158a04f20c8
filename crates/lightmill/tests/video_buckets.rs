//! Videos whose results are kept in a bucket: made by one instance, served by all.
#![allow(clippy::unwrap_used)]

mod common;

use common::film::{clip, frames_of, kept, long, until};
use common::hls::{LONG, good, joined, named, whole};
use common::{Options, Service};
use lightmill_testkit::Client;
use lightmill_testkit::servers::Moto;

/// Moto asks for a signature, and believes each.
const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

/// A bucket, and one instance that keeps its results there.
fn sharing(name: &str, film: &[u8]) -> (Moto, Client, Service) {
    let moto = Moto::start().unwrap();
    let bucket = Client::new(moto.endpoint().trim_start_matches("http://").parse().unwrap());
    assert_eq!(bucket.request("PUT", "/made", &[]).status, 200);
    let tables = format!(
        "[results]\nsource = \"made\"\n[sources.made]\nurl = \"s3://made/results?endpoint={}\"\n\
         access_key_id = \"writer\"\nsecret_access_key = \"a-secret\"",
        moto.endpoint()
    );
    let service = Service::with(&Options { tables: &tables, files: &[(name, film)], ..Options::default() });
    (moto, bucket, service)
}

/// Keys of the objects in the bucket, in which there are few.
fn keys(bucket: &Client) -> Vec<String> {
    let listed = bucket.get_with("/made?list-type=2", &[SIGNED]).text();
    listed.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
}

#[test]
fn hls_is_made_by_one_of_two_that_are_asked_at_once() {
    let (_moto, bucket, first) = sharing("long.mp4", &long(10));
    let second = first.another();
    let target = "/long.mp4?x-oss-process=video/compress,fmt_hls,preset_veryfast,s_640x360,r_25";
    let clients = [first.server.client(), second.client()];
    let masters: Vec<String> = std::thread::scope(|scope| {
        let asked = clients.each_ref().map(|client| scope.spawn(|| good(client, target).text()));
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let media = masters.iter().map(|master| named(target, master).pop().unwrap()).collect::<Vec<_>>();
    assert_eq!(media[0], media[1]);
    let texts = clients.each_ref().map(|client| whole(client, &media[0]));
    assert_eq!(texts[0], texts[1]);
    let made = [&first.server, &second].map(|server| server.metric("lightmill_made_total", &["format=\"hls\""]));
    assert!((made[0] + made[1] - 1.0).abs() < 0.1, "{made:?}");

    let bytes = clients.each_ref().map(|client| joined(client, target, &texts[0]));
    assert!(bytes[0] == bytes[1], "every instance gives the same bytes");
    assert_eq!(frames_of(&bytes[1]).0, 250);
    // The index, what segments begin with, and the segments.
    let keys = keys(&bucket);
    let segments = texts[0].matches("#EXTINF").count();
    assert_eq!(keys.len(), segments + 2, "{keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("results/photos/long.mp4/")), "{keys:?}");
}

#[test]
fn a_large_clip_is_written_in_parts_and_read_in_ranges() {
    let film = clip(
        "testsrc2=size=1280x720:rate=25:duration=10,noise=alls=8:allf=t",
        &["-pix_fmt", "yuv420p", "-preset", "ultrafast", "-crf", "23", "-g", "25"],
        "noise.mp4",
    );
    assert!((18 << 20..80 << 20).contains(&film.len()), "{}", film.len());
    let (_moto, bucket, first) = sharing("noise.mp4", &film);
    let target = "/noise.mp4?x-oss-process=video/transcode,vcodec_copy";
    assert_eq!(frames_of(&good(&first.server.client(), target).body).0, 250);
    let whole = kept(&first.server.client(), target);
    until(LONG, || !keys(&bucket).is_empty());
    let key = keys(&bucket).pop().unwrap();
    let object = bucket.request("HEAD", &format!("/made/{key}"), &[SIGNED]);
    // S3 names what was uploaded in parts by their number.
    let etag = object.header("etag").unwrap().to_owned();
    let parts: u32 = etag.trim_matches('"').split_once('-').expect(&etag).1.parse().unwrap();
    assert!(parts >= 2, "{etag}");

    let second = first.another();
    let client = second.client();
    let size = whole.body.len();
    let head = client.head(target);
    assert_eq!(head.header("content-length").unwrap().parse(), Ok(size));
    assert_eq!((head.header("x-lightmill-cache"), head.header("etag")), (Some("stored"), whole.header("etag")));
    let end = size - 1;
    for (from, to) in [(0, 9), ((16 << 20) - 5, (16 << 20) + 5), (size / 2, size / 2 + (1 << 20)), (end - 9, end)] {
        let part = client.get_with(target, &[("range", &format!("bytes={from}-{to}"))]);
        assert_eq!(part.status, 206, "{from}-{to}");
        assert!(part.body == whole.body[from..=to], "{from}-{to}");
        assert_eq!(part.header("content-range"), Some(&*format!("bytes {from}-{to}/{size}")));
    }
    assert!(second.metric("lightmill_made_total", &[]) < 0.5);
}
