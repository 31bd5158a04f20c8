//! An object that changes is seen, once the time is over for which it was taken to be the same.

use std::thread;
use std::time::{Duration, Instant};

use lightmill_testkit::{Picture, Response};

use crate::common::image;
use crate::store::{BLUE, RED, Serving, Store, plain};

const VERSION_TIME: Duration = Duration::from_millis(200);

pub fn behaviour(store: &dyn Store) {
    let source = store.bucket("changes", "");
    store.put("changes", "a.png", "image/png", &plain(30, 20, RED));
    let tables = format!("[cache]\nversion_time = {}", VERSION_TIME.as_secs_f64());
    let server = Serving { sources: &[("photos", &source)], tables: &tables, ..Serving::default() }.start();
    let client = server.client();
    let targets = ["/a.png".to_owned(), image("a.png", "resize,w_15")];
    let before = targets.each_ref().map(|target| client.get(target));
    assert_eq!(before.each_ref().map(pixel), [Some([255, 0, 0, 255]); 2]);

    // The same size, and in the same second: a time or a length alone would not tell.
    store.put("changes", "a.png", "image/png", &plain(30, 20, BLUE));
    let start = Instant::now();
    for (target, before) in targets.iter().zip(&before) {
        let etag = before.header("etag").unwrap();
        let after = loop {
            let answer = client.get_with(target, &[("if-none-match", etag)]);
            if answer.status != 304 {
                break answer;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{target}: the old one is still served");
            thread::sleep(VERSION_TIME / 10);
        };
        assert_eq!((after.status, pixel(&after)), (200, Some([0, 0, 255, 255])), "{target}");
        assert_ne!(after.header("etag"), Some(etag), "{target}");
    }
}

fn pixel(answer: &Response) -> Option<[u8; 4]> {
    Picture::decode(&answer.body).unwrap().pixel(5, 5)
}
