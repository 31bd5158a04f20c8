//! Several buckets behind one mount, and how often a bucket is asked.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use common::{BINARY, SAMPLES, image};
use lightmill_testkit::servers::raw::{Raw, text};
use lightmill_testkit::servers::{Moto, S3sFs};
use lightmill_testkit::{Client, Server, ServerOptions};

fn start(config: String) -> Server {
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

fn s3(name: &str, bucket: &str, region: &str, endpoint: &str) -> String {
    format!(
        "[sources.{name}]\nurl = \"s3://{bucket}?region={region}&endpoint={endpoint}\"\n\
         access_key_id = \"any\"\nsecret_access_key = \"any\"\n"
    )
}

/// Makes a bucket with one object in it.
fn fill(moto: &Moto, bucket: &str, region: &str, key: &str, bytes: &[u8]) {
    let client = Client::new(moto.endpoint().trim_start_matches("http://").parse().unwrap());
    let place = format!(
        "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
    );
    assert_eq!(client.send("PUT", format!("/{bucket}").as_bytes(), &[], place.as_bytes()).unwrap().status, 200);
    assert_eq!(client.send("PUT", format!("/{bucket}/{key}").as_bytes(), &[], bytes).unwrap().status, 200);
}

#[test]
fn buckets_of_several_regions_and_servers() {
    let (one, other) = (Moto::start().unwrap(), Moto::start().unwrap());
    fill(&one, "photos", "eu-central-1", "a.txt", b"the default");
    fill(&one, "logos", "us-west-2", "a.txt", b"in another region");
    // The same name on another server is another bucket.
    fill(&other, "photos", "ap-northeast-1", "a.txt", b"on another server");
    fill(&one, "secrets", "eu-central-1", "a.txt", b"for nobody");
    let sources = [
        s3("photos", "photos", "eu-central-1", &one.endpoint()),
        s3("logos", "logos", "us-west-2", &one.endpoint()),
        s3("archive", "photos", "ap-northeast-1", &other.endpoint()),
        s3("secrets", "secrets", "eu-central-1", &one.endpoint()),
    ];
    let mount = "[[mounts]]\nsources = [\"photos\", \"logos\", \"archive\"]\nunsafe = true\n";
    let server = start(format!("{}{mount}", sources.concat()));
    let client = server.client();
    let default = client.get("/a.txt");
    assert_eq!((default.status, default.text().as_str()), (200, "the default"));
    for (name, text) in [("photos", "the default"), ("logos", "in another region"), ("archive", "on another server")] {
        let answers = [client.get_with("/a.txt", &[("x-bucket", name)]), client.get(&format!("/s3:{name}/a.txt"))];
        for answer in answers {
            assert_eq!((answer.status, answer.text().as_str()), (200, text), "{name}");
        }
    }
    for unlisted in ["secrets", "nothing", "one"] {
        for target in ["/a.txt", &image("a.txt", "info"), "/missing.txt"] {
            let answer = client.get_with(target, &[("x-bucket", unlisted)]);
            assert_eq!((answer.status, &answer.json()["name"]), (403, &"ForbiddenError".into()), "{unlisted} {target}");
        }
        assert_eq!(client.get(&format!("/s3:{unlisted}/a.txt")).status, 403, "{unlisted}");
    }
}

/// Moto looks at no signature: this server reads what they are for.
#[test]
fn each_bucket_is_asked_in_its_region() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    let server = Raw::start(move |_, head| {
        kept.lock().unwrap().push(head.to_owned());
        let body = if head.starts_with("HEAD") { "" } else { "abc" };
        vec![text(format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{body}"))]
    });
    let sources = [s3("here", "a", "eu-central-1", &server.base), s3("there", "b", "us-west-2", &server.base)].concat();
    let lightmill = start(format!("{sources}[[mounts]]\nsources = [\"here\", \"there\"]\nunsafe = true\n"));
    for (name, bucket, region) in [("here", "a", "eu-central-1"), ("there", "b", "us-west-2")] {
        heads.lock().unwrap().clear();
        assert_eq!(lightmill.client().get_with("/k", &[("x-bucket", name)]).text(), "abc");
        let heads = heads.lock().unwrap();
        assert!(!heads.is_empty());
        for head in heads.iter() {
            assert!(
                head.contains(&format!(" /{bucket}/k")) && head.contains(&format!("/{region}/s3/aws4_request")),
                "{head}"
            );
        }
    }
}

const CLIENTS: usize = 200;

#[test]
fn an_object_that_many_want_is_read_once() {
    let s3 = S3sFs::start().unwrap();
    s3.create_bucket("photos").unwrap();
    let rocket = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    s3.put("photos", "rocket.jpg", "image/jpeg", &rocket).unwrap();
    let server = start(format!(
        "[sources.photos]\nurl = \"s3://photos?endpoint={}\"\naccess_key_id = \"{}\"\nsecret_access_key = \"{}\"\n\
         [[mounts]]\nunsafe = true\n",
        s3.endpoint(),
        S3sFs::KEY_ID,
        S3sFs::SECRET
    ));
    let client = server.client();
    let barrier = Arc::new(Barrier::new(CLIENTS));
    let requests: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                barrier.wait();
                client.get(&image("rocket.jpg", "resize,w_800,limit_0/blur,r_20,s_20"))
            })
        })
        .collect();
    let answers: Vec<_> = requests.into_iter().map(|request| request.join().unwrap()).collect();
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body), "{}", answer.text());
    }
    assert_eq!(s3.reads(), 1, "one GetObject");
    assert!((server.metric("lightmill_made_total", &[]) - 1.0).abs() < 0.5, "one run");
}
