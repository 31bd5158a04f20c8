//! Pictures for the screen that a browser tells about.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, Service, image};
use lightmill_testkit::{Client, Picture};

fn width(client: &Client, target: &str, headers: &[(&str, &str)]) -> u32 {
    let answer = client.send("GET", target.as_bytes(), headers, b"").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    Picture::decode(&answer.body).unwrap().width()
}

#[test]
fn sizes_follow_the_screen_where_the_mount_heeds_it() {
    let mount = "unsafe = true\nclient_hints = ['dpr', 'width']\nlimits = { result_side = 700 }";
    let service = Service::with(&Options { mount: Some(mount), ..Options::default() });
    let client = service.server.client();
    let sized = image("rocket.jpg", "resize,w_200");
    assert_eq!(width(&client, &sized, &[]), 200);
    for (ratio, expected) in [("1", 200), ("1.7", 400), ("2", 400), ("9", 600), ("x", 200), ("-1", 200)] {
        assert_eq!(width(&client, &sized, &[("sec-ch-dpr", ratio)]), expected, "{ratio}");
        assert_eq!(width(&client, &sized, &[("dpr", ratio)]), expected, "{ratio}");
    }
    // Over the limit, and with a radius in pixels behind it, a URL means what it says.
    assert_eq!(width(&client, &image("rocket.jpg", "resize,w_400"), &[("dpr", "2")]), 400);
    let round = image("rocket.jpg", "resize,w_200/circle,r_20");
    assert_eq!(width(&client, &round, &[("dpr", "2")]), width(&client, &round, &[]));
    let unsized_picture = image("rocket.jpg", "bright,10");
    assert_eq!(width(&client, &unsized_picture, &[("sec-ch-width", "250")]), 320);
    assert_eq!(width(&client, &unsized_picture, &[("sec-ch-viewport-width", "250")]), 640, "it is not heeded");
    let vary = client.get(&sized);
    assert_eq!(vary.header("vary"), Some("x-bucket, Sec-CH-DPR, DPR, Sec-CH-Width, Width"));
}

#[test]
fn nobody_is_heeded_by_default() {
    let service = Service::start();
    let client = service.server.client();
    let sized = image("rocket.jpg", "resize,w_200");
    assert_eq!(width(&client, &sized, &[("dpr", "2"), ("width", "100")]), 200);
    assert_eq!(client.get(&sized).header("vary"), Some("x-bucket"));
}
