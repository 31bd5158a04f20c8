//! Stored bytes: whole, in parts, and not at all where the client has them or nobody does.

use crate::store::{RED, Serving, Store, plain};

pub fn behaviour(store: &dyn Store) {
    let source = store.bucket("originals", "");
    let all = plain(300, 200, RED);
    // PNG too, so that it is stated and not guessed by the name's end.
    store.put("originals", "trips/a.image", "image/png", &all);
    let server = Serving::one(&source);
    let client = server.client();
    let target = "/trips/a.image";

    let whole = client.get(target);
    assert_eq!((whole.status, &whole.body), (200, &all));
    let length = all.len().to_string();
    assert_eq!(whole.header("content-length"), Some(&*length));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let head = client.head(target);
    assert_eq!((head.status, head.body.len()), (200, 0));
    let stated = if store.column() == "local" { "application/octet-stream" } else { "image/png" };
    for name in ["content-length", "content-type", "etag", "last-modified", "cache-control"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    assert_eq!(whole.content_type(), stated);

    let last = all.len() - 1;
    for (range, given) in [
        ("bytes=0-0", &all[..1]),
        ("bytes=10-19", &all[10..20]),
        ("bytes=100-", &all[100..]),
        ("bytes=-7", &all[all.len() - 7..]),
        ("bytes=0-99999999", &all[..]),
    ] {
        let part = client.get_with(target, &[("range", range)]);
        assert_eq!((part.status, &part.body[..]), (206, given), "{range}");
        let from = given.as_ptr() as usize - all.as_ptr() as usize;
        let stated = format!("bytes {from}-{}/{length}", from + given.len() - 1);
        assert_eq!(part.header("content-range"), Some(&*stated), "{range}");
        assert_eq!(part.header("etag"), whole.header("etag"), "{range}");
    }
    for outside in [last + 1, last + 1000] {
        let outside = client.get_with(target, &[("range", &format!("bytes={outside}-"))]);
        assert_eq!(outside.status, 416);
        assert_eq!(outside.header("content-range"), Some(&*format!("bytes */{length}")));
    }

    let (etag, modified) = (whole.header("etag").unwrap(), whole.header("last-modified").unwrap());
    for condition in [("if-none-match", etag), ("if-modified-since", modified)] {
        let unchanged = client.get_with(target, &[condition]);
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{condition:?}");
        assert_eq!(unchanged.header("etag"), Some(etag));
    }
    for condition in [("if-none-match", "\"other\""), ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT")] {
        assert_eq!(client.get_with(target, &[condition]).status, 200, "{condition:?}");
    }
    assert_eq!(client.get_with(target, &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).status, 200);

    for missing in ["/missing.png", "/trips", "/trips/", "/trips/a.image/b"] {
        let answer = client.get(missing);
        assert_eq!((answer.status, &answer.json()["name"]), (404, &"NoSuchKey".into()), "{missing}");
        assert_eq!(client.head(missing).status, 404, "{missing}");
    }
}
