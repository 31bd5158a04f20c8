//! Every bound, from outside: what is over it is refused, and says which bound it was.
#![allow(clippy::unwrap_used)]

mod common;

use std::{thread, time::Duration};

use common::{Options, Service, image};
use lightmill_testkit::{ImageFormat, generate};

/// Enough work to still be running when the next request arrives.
fn slow(number: u32) -> String {
    image("rocket.jpg", &format!("resize,w_{},limit_0/blur,r_50,s_50/rotate,{}", 2400 + number, 1 + number % 80))
}

#[test]
fn a_full_queue_is_an_honest_refusal() {
    let tables = "[permits]\nthreads = 1\nqueue_length = 1";
    let service = Service::with(&Options { tables, ..Options::default() });
    let client = service.server.client();
    let requests: Vec<_> = (0..12).map(|number| thread::spawn(move || client.get(&slow(number)))).collect();
    let responses: Vec<_> = requests.into_iter().map(|request| request.join().unwrap()).collect();
    let made = responses.iter().filter(|response| response.status == 200).count();
    let refused: Vec<_> = responses.iter().filter(|response| response.status != 200).collect();
    assert!(made >= 1 && !refused.is_empty(), "{made} made");
    for response in refused {
        assert!(matches!(response.status, 429 | 503), "{} {}", response.status, response.text());
        let wait: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(response.header("cache-control").is_some_and(|value| value.contains("no-store")));
    }
    assert_eq!(client.get(&image("rocket.jpg", "resize,w_50")).status, 200, "the queue is free again");
}

#[test]
fn time_is_bounded() {
    let service = Service::with(&Options { tables: "[limits]\ntime = 0.2", ..Options::default() });
    let client = service.server.client();
    let target = image("rocket.jpg", "resize,w_4000,limit_0/blur,r_50,s_50/blur,r_49,s_50/blur,r_48,s_50/rotate,3");
    let response = client.get(&target);
    assert!(matches!(response.status, 503 | 504), "{} {}", response.status, response.text());
    assert!(response.elapsed < Duration::from_secs(2), "{:?}", response.elapsed);
    // The work itself has ended too: its thread is free for others.
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while client.get(&image("rocket.jpg", "resize,w_20/format,png")).status != 200 {
        assert!(std::time::Instant::now() < deadline, "the thread is still busy");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn results_are_bounded() {
    let service = Service::start();
    let client = service.server.client();
    for actions in [
        "resize,w_16385,limit_0",
        "resize,w_16000,limit_0",
        "resize,m_fixed,w_16384,h_16384,limit_0",
        "resize,p_1000/resize,p_1000",
        "resize,m_pad,w_10000,h_10000,limit_0",
    ] {
        let response = client.get(&image("rocket.jpg", actions));
        assert!((400..500).contains(&response.status), "{actions}: {} {}", response.status, response.text());
        assert!(response.elapsed < Duration::from_secs(2), "{actions} took {:?}", response.elapsed);
    }
    let tight = Service::with(&Options { tables: "[limits]\nresult_side = 300", ..Options::default() });
    let client = tight.server.client();
    assert_eq!(client.get(&image("rocket.jpg", "resize,w_300")).status, 200);
    let over = client.get(&image("rocket.jpg", "resize,w_301"));
    assert!((400..500).contains(&over.status), "{}", over.status);
    assert!(over.text().contains("300"), "the message names what is allowed: {}", over.text());
}

#[test]
fn sources_are_bounded() {
    let animation = generate::animation(20, 20, 12).unwrap();
    let wide = generate::encode(&generate::photo(900, 10), ImageFormat::Png).unwrap();
    let large = generate::encode(&generate::noise(400, 400, 1), ImageFormat::Png).unwrap();
    let files: [(&str, &[u8]); 3] = [("a.gif", &animation), ("wide.png", &wide), ("large.png", &large)];
    for (limit, key) in [
        ("frames = 10", "a.gif"),
        ("animation_pixels = 4000", "a.gif"),
        ("source_side = 800", "wide.png"),
        ("source_pixels = 8999", "wide.png"),
        ("source_bytes = 100000", "large.png"),
    ] {
        let tables = format!("[limits]\n{limit}");
        let service = Service::with(&Options { files: &files, tables: &tables, ..Options::default() });
        let response = service.server.client().get(&image(key, "resize,w_10"));
        assert!((400..500).contains(&response.status), "{limit}: {} {}", response.status, response.text());
    }
}

#[test]
fn recipes_are_bounded() {
    let service = Service::start();
    let client = service.server.client();
    let actions = ["bright,1"; 65].join("/");
    let response = client.get(&image("rocket.jpg", &actions));
    assert_eq!(response.status, 400, "{}", response.text());
    let marks = ["watermark,image_Y29mZmVlLnBuZw"; 8].join("/");
    let response = client.get(&image("rocket.jpg", &marks));
    assert_eq!(response.status, 400, "{}", response.text());
}

#[test]
fn limits_of_a_mount_are_its_own() {
    let mount = "unsafe = true\n[mounts.limits]\nresult_side = 200";
    let service = Service::with(&Options { mount: Some(mount), ..Options::default() });
    let client = service.server.client();
    assert_eq!(client.get(&image("rocket.jpg", "resize,w_200")).status, 200);
    assert!((400..500).contains(&client.get(&image("rocket.jpg", "resize,w_201")).status));
}
