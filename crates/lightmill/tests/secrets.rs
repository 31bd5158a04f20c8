//! Keys of signed URLs that are kept elsewhere, and change.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::Stop;
use common::amazon::Amazon;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Client, Scratch, Server, ServerOptions, command};

fn configuration(aws: &str, keys: &str) -> String {
    format!("{aws}\n[sources.photos]\nurl = \"{SAMPLES}\"\n[[mounts]]\nkeys = [\"{keys}\"]\n")
}

fn serving(aws: &str, keys: &str) -> Server {
    let config = configuration(aws, keys);
    Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap()
}

/// The URL of a small picture, signed with `key`.
fn signed(key: &str) -> String {
    let scratch = Scratch::new().unwrap();
    let config = scratch.write("lightmill.toml", configuration("", key)).unwrap();
    sign(config.to_str().unwrap())
}

fn sign(config: &str) -> String {
    let url = "/rocket.jpg?x-oss-process=image/resize,w_16";
    let output = command(BINARY).args(["sign", url, "--config", config]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn status(client: &Client, url: &str) -> u16 {
    client.get(url).status
}

#[test]
fn a_secret_is_rotated_under_load_and_nobody_is_refused() {
    let amazon = Amazon::start();
    let secret = |generation: usize| format!(r#"{{"key": "generation {generation}"}}"#);
    amazon.put_secret("images/signing", &secret(0), true);
    let server = serving(&amazon.configuration(), "secretsmanager:images/signing#key");
    let client = server.client();
    let urls: Vec<String> = (0..4).map(|generation| signed(&format!("generation {generation}"))).collect();
    let (valid, done, asked) = (RwLock::new(vec![0]), AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        // However this ends: the threads must not go on for ever.
        let _stop = Stop(&done);
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let valid = valid.read().unwrap();
                    let generation = valid[asked.fetch_add(1, Ordering::Relaxed) % valid.len()];
                    let answer = client.get(&urls[generation]);
                    assert_eq!(answer.status, 200, "generation {generation}: {}", answer.text());
                    drop(valid);
                    thread::sleep(Duration::from_millis(2));
                }
            });
        }
        for generation in 1..urls.len() {
            // What was before the previous one is signed with no more.
            *valid.write().unwrap() = vec![generation - 1];
            amazon.put_secret("images/signing", &secret(generation), false);
            *valid.write().unwrap() = vec![generation - 1, generation];
            thread::sleep(Duration::from_millis(1500));
        }
    });
    assert!(asked.load(Ordering::Relaxed) > 100, "{} requests", asked.load(Ordering::Relaxed));
    assert_eq!(status(&client, &urls[0]), 403, "the one before the previous one");
    let reads = server.metric("lightmill_secret_reads_total", &["secretsmanager"]);
    assert!((4.0..10.0).contains(&reads), "{reads} readings");
    let logs = server.logs();
    assert!(
        !logs.contains("generation 2") && !server.admin().get("/metrics").text().contains("generation 2"),
        "{logs}"
    );
}

#[test]
fn a_secret_that_cannot_be_read_again_stays() {
    let amazon = Amazon::start();
    amazon.put_secret("key", "hunter2", true);
    let server = serving(&format!("{}\n[secrets]\nrefresh_time = 0.5", amazon.configuration()), "secretsmanager:key");
    let url = signed("hunter2");
    assert_eq!(status(&server.client(), &url), 200);
    drop(amazon);
    let start = Instant::now();
    while server.metric("lightmill_secret_reads_total", &["error"]) < 1.0 {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", server.logs());
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status(&server.client(), &url), 200);
    assert!(!server.logs().contains("hunter2"), "{}", server.logs());
}

#[test]
fn a_parameter_changes() {
    let amazon = Amazon::start();
    amazon.put_parameter("/images/key", "one");
    let scratch = Scratch::new().unwrap();
    let config = scratch.write("a.toml", configuration(&amazon.configuration(), "ssm:/images/key")).unwrap();
    let server = serving(&amazon.configuration(), "ssm:/images/key");
    assert_eq!(sign(config.to_str().unwrap()), signed("one"), "`sign` reads it too");
    assert_eq!(status(&server.client(), &signed("one")), 200);
    assert_eq!(status(&server.client(), &signed("two")), 403);
    amazon.put_parameter("/images/key", "two\none");
    assert_eq!(status(&server.client(), &signed("two")), 200);
    assert_eq!(status(&server.client(), &signed("one")), 200);
}

#[test]
fn a_file_changes() {
    let scratch = Scratch::new().unwrap();
    let file = scratch.write("key", "one\n").unwrap();
    let server = serving("", &format!("file:{}", file.display()));
    let (one, two) = (signed("one"), signed("two"));
    assert_eq!((status(&server.client(), &one), status(&server.client(), &two)), (200, 403));
    scratch.write("key", "two\n").unwrap();
    assert_eq!(status(&server.client(), &two), 200);
    assert_eq!(status(&server.client(), &one), 403);
    scratch.write("key", "three\n").unwrap();
    let start = Instant::now();
    // Nobody needs to ask with the new one for the old one to end.
    while status(&server.client(), &two) == 200 {
        assert!(start.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_cannot_be_read_at_the_start_is_a_mistake() {
    let amazon = Amazon::start();
    let scratch = Scratch::new().unwrap();
    let keys = "secretsmanager:missing\", \"ssm:/missing";
    let config = scratch.write("a.toml", configuration(&amazon.configuration(), keys)).unwrap();
    let run = |name: &str| {
        let arguments = [name, "--config", config.to_str().unwrap()];
        let output = command(BINARY).args(arguments).env("LIGHTMILL_SERVER__LISTEN", "127.0.0.1:0").output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = run("serve");
    assert_eq!(code, Some(64), "{said}");
    assert!(said.contains("secretsmanager:missing") && said.contains("ssm:/missing"), "{said}");
    assert_eq!(run("check").0, Some(0), "no service is asked");
    scratch
        .write("a.toml", configuration("", "file:/nowhere/key\", \"env:NOBODY_SETS_THIS\", \"ssm:\", \"smm:hunter2"))
        .unwrap();
    let (code, said) = run("check");
    assert_eq!(code, Some(64), "{said}");
    for words in ["/nowhere/key", "NOBODY_SETS_THIS", "after `ssm:`", "did you mean `ssm:`"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}
