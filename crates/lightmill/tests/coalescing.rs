//! One maker per result, however many ask for it.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    sync::{Arc, Barrier},
    thread,
};

use common::{Options, Service, image};

const CLIENTS: usize = 20;

/// All of them at once, and the runs that the metrics count.
fn ask_at_once(service: &Service, target: &str) -> (Vec<lightmill_testkit::Response>, f64) {
    let client = service.server.client();
    let barrier = Arc::new(Barrier::new(CLIENTS));
    let requests: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (barrier, target) = (Arc::clone(&barrier), target.to_owned());
            thread::spawn(move || {
                barrier.wait();
                client.get(&target)
            })
        })
        .collect();
    let responses = requests.into_iter().map(|request| request.join().unwrap()).collect();
    (responses, runs(service))
}

/// How many pictures were made.
fn runs(service: &Service) -> f64 {
    service.server.metric("lightmill_made_total", &[])
}

#[test]
fn twenty_equal_requests_make_one_picture() {
    let service = Service::start();
    let target = image("rocket.jpg", "resize,w_1500,limit_0/blur,r_50,s_50");
    let (responses, runs) = ask_at_once(&service, &target);
    for response in &responses {
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.body, responses[0].body);
        assert_eq!(response.header("etag"), responses[0].header("etag"));
    }
    assert!((runs - 1.0).abs() < 0.5, "{runs} runs");
}

#[test]
fn a_mistake_is_shared_too_and_not_kept_for_ever() {
    let service = Service::with(&Options { files: &[("text.jpg", b"no picture")], ..Options::default() });
    let (responses, _) = ask_at_once(&service, &image("text.jpg", "resize,w_100"));
    assert!(responses.iter().all(|response| (400..500).contains(&response.status)));
    service.folder.copy(format!("{}/rocket.jpg", common::SAMPLES), "photos/text.jpg").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while service.server.client().get(&image("text.jpg", "resize,w_100")).status != 200 {
        assert!(std::time::Instant::now() < deadline, "the mistake is still told");
        thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn a_client_that_hangs_up_takes_nothing_from_the_others() {
    let service = Service::start();
    let target = image("rocket.jpg", "resize,w_1600,limit_0/blur,r_50,s_50/rotate,5");
    let client = service.server.client();
    let leaver = client.open("GET", target.as_bytes(), &[], &[]).unwrap();
    let other = {
        let target = target.clone();
        thread::spawn(move || client.get(&target))
    };
    thread::sleep(std::time::Duration::from_millis(50));
    drop(leaver);
    assert_eq!(other.join().unwrap().status, 200);
}

#[test]
fn results_are_kept_within_their_bytes() {
    let service = Service::start();
    let client = service.server.client();
    let target = image("rocket.jpg", "resize,w_80");
    for _ in 0..5 {
        assert_eq!(client.get(&target).status, 200);
    }
    assert!((runs(&service) - 1.0).abs() < 0.5, "{} runs", runs(&service));

    let nothing = Service::with(&Options { tables: "[cache]\nmemory_bytes = 0", ..Options::default() });
    for _ in 0..5 {
        assert_eq!(nothing.server.client().get(&target).status, 200);
    }
    assert!((runs(&nothing) - 5.0).abs() < 0.5, "{} runs", runs(&nothing));
}
