//! The end of the service: what is under way is finished, nothing new begins, and the exit code says that all is well.
#![allow(clippy::unwrap_used)]

mod common;

use std::{net::TcpStream, thread, time::Duration};

use common::{Service, image};

#[test]
fn requests_under_way_are_finished() {
    let mut service = Service::start();
    let (client, admin) = (service.server.client(), service.server.admin());
    let target = image("rocket.jpg", "resize,w_4000,limit_0/blur,r_50,s_50/blur,r_49,s_50/rotate,3");
    let request = thread::spawn(move || client.get(&target));
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while service.server.metric("lightmill_http_requests_in_flight", &[]) < 1.0 {
        assert!(std::time::Instant::now() < deadline, "the request is not seen in the metrics");
        thread::sleep(Duration::from_millis(5));
    }
    service.server.ask_to_stop().unwrap();
    thread::sleep(Duration::from_millis(100));

    if !request.is_finished() {
        // While it drains, it says so, and takes no new connection.
        let ready = admin.send("GET", b"/readyz", &[], &[]).map_or(503, |response| response.status);
        assert_eq!(ready, 503);
        let refused = TcpStream::connect(client.address()).is_err() || client.send("GET", b"/ping", &[], &[]).is_err();
        assert!(refused || request.is_finished(), "a new connection was served");
    }
    let response = request.join().unwrap();
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(service.server.wait(Duration::from_secs(20)).unwrap().code, Some(0));
}

#[test]
fn idle_connections_do_not_hold_it_up() {
    let mut service = Service::start();
    let _silent = TcpStream::connect(service.server.client().address()).unwrap();
    assert_eq!(service.server.client().get("/ping").status, 200);
    service.server.ask_to_stop().unwrap();
    let exit = service.server.wait(Duration::from_secs(15)).unwrap();
    assert_eq!(exit.code, Some(0));
    assert!(exit.after < Duration::from_secs(12), "{:?}", exit.after);
}
