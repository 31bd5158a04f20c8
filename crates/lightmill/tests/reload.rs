//! The configuration is read again: at SIGHUP, and when its file changes.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::Stop;
use common::{BINARY, SAMPLES, image};
use lightmill_testkit::{Scratch, Server, ServerOptions};

/// The samples at `/`, and `more`.
fn configuration(more: &str) -> String {
    format!("[sources.photos]\nurl = \"{SAMPLES}\"\n[[mounts]]\nsources = [\"photos\"]\nunsafe = true\n{more}\n")
}

fn serving(more: &str) -> Server {
    Server::start(BINARY, &ServerOptions { config: configuration(more), environment: Vec::new() }).unwrap()
}

/// Waits until `what` holds.
fn soon(what: impl Fn() -> bool, said: impl Fn() -> String) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", said());
        thread::sleep(Duration::from_millis(10));
    }
}

fn reloads(server: &Server, outcome: &str) -> u64 {
    server.metric("lightmill_reloads_total", &[outcome]) as u64
}

const MORE: &str = "[[mounts]]\npath = \"/more\"\nsources = [\"photos\"]\nunsafe = true";

#[test]
fn no_request_is_dropped_while_mounts_come_and_go() {
    let server = serving("");
    let client = server.client();
    let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        // However this ends: the threads must not go on for ever.
        let _stop = Stop(&done);
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let number = asked.fetch_add(1, Ordering::Relaxed);
                    // Each one is made, and takes a moment.
                    let answer = client.get(&image("rocket.jpg", &format!("resize,w_{}", 20 + number % 300)));
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    let original = client.get("/rocket.jpg");
                    assert_eq!((original.status, original.body.is_empty()), (200, false));
                }
            });
        }
        for round in 0..8 {
            let more = if round % 2 == 0 { MORE } else { "" };
            server.reconfigure(&configuration(more)).unwrap();
            let before = reloads(&server, "ok");
            server.ask_to_reload().unwrap();
            soon(|| reloads(&server, "ok") > before, || server.logs());
            assert_eq!(client.get("/more/rocket.jpg").status, if more.is_empty() { 404 } else { 200 });
        }
    });
    assert!(asked.load(Ordering::Relaxed) > 20);
    assert_eq!(reloads(&server, "refused"), 0);
}

#[test]
fn a_request_ends_on_the_configuration_that_it_began_with() {
    let server = serving(MORE);
    let client = server.client();
    let slow = thread::spawn(move || {
        client.get("/more/rocket.jpg?x-oss-process=image/resize,w_3000,limit_0/blur,r_50,s_50/blur,r_49,s_50")
    });
    soon(|| server.metric("lightmill_http_requests_in_flight", &[]) >= 1.0, || server.logs());
    server.reconfigure(&configuration("")).unwrap();
    server.ask_to_reload().unwrap();
    soon(|| server.client().get("/more/rocket.jpg").status == 404, || server.logs());
    let answer = slow.join().unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn the_file_is_watched() {
    let server = serving("");
    server.reconfigure(&configuration(MORE)).unwrap();
    soon(|| server.client().get("/more/rocket.jpg").status == 200, || server.logs());
    assert_eq!(reloads(&server, "ok"), 1);
}

#[test]
fn mistakes_are_told_at_once_and_change_nothing() {
    let server = serving(MORE);
    server.reconfigure("[limits]\nframes = -1\n[[mounts]]\npath = \"x\"\nkeys = [\"file:/nowhere\"]").unwrap();
    server.ask_to_reload().unwrap();
    soon(|| reloads(&server, "refused") > 0, || server.logs());
    let logs = server.logs();
    for key in ["limits.frames", "mounts.0.path", "mounts.0.keys"] {
        assert!(logs.contains(key), "{key} is missing in {logs}");
    }
    assert_eq!(server.client().get("/more/rocket.jpg").status, 200);
    server.reconfigure(&configuration("")).unwrap();
    soon(|| server.client().get("/more/rocket.jpg").status == 404, || server.logs());
}

#[test]
fn results_survive_unless_their_source_is_another() {
    let scratch = Scratch::new().unwrap();
    for folder in ["one", "two"] {
        scratch.copy(format!("{SAMPLES}/rocket.jpg"), format!("{folder}/a.jpg")).unwrap();
    }
    let config = |folder: &str, more: &str| {
        format!("[sources.a]\nurl = \"{}/{folder}\"\n[[mounts]]\nunsafe = true\n{more}\n", scratch.path().display())
    };
    let options = ServerOptions { config: config("one", ""), environment: Vec::new() };
    let server = Server::start(BINARY, &options).unwrap();
    let hits = || server.metric("lightmill_cache_total", &["hit"]) as u64;
    let reload = |text: &str| {
        let before = reloads(&server, "ok");
        server.reconfigure(text).unwrap();
        server.ask_to_reload().unwrap();
        soon(|| reloads(&server, "ok") > before, || server.logs());
        assert_eq!(server.client().get(&image("a.jpg", "resize,w_20")).status, 200);
    };
    assert_eq!(server.client().get(&image("a.jpg", "resize,w_20")).status, 200);
    assert_eq!(hits(), 0);
    reload(&config("one", "originals = \"forbid\"\n[permits]\nthreads = 3"));
    assert_eq!(hits(), 1);
    assert!(server.logged("permits.threads"), "it counts from the next start on: {}", server.logs());
    reload(&config("two", ""));
    assert_eq!(hits(), 1);
    reload(&config("two", "[formats]\nwebp = false"));
    assert_eq!(hits(), 1);
}
