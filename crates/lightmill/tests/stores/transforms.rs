//! Pictures made of stored ones: their pixels, their validators, what is known of them, a mark from the same store.

use lightmill_testkit::Picture;

use crate::common::image;
use crate::store::{BLUE, RED, Serving, Store, plain};

pub fn behaviour(store: &dyn Store) {
    let source = store.bucket("transforms", "below/this");
    store.put("transforms", "below/this/a.png", "image/png", &plain(80, 40, RED));
    store.put("transforms", "below/this/marks/m.png", "image/png", &plain(10, 10, BLUE));
    store.put("transforms", "a-text.png", "image/png", b"above the prefix");
    let server = Serving::one(&source);
    let client = server.client();

    let small = client.get(&image("a.png", "resize,w_40"));
    assert_eq!((small.status, small.content_type()), (200, "image/png"), "{}", small.text());
    let picture = Picture::decode(&small.body).unwrap();
    assert_eq!((picture.width(), picture.height(), picture.pixel(20, 10)), (40, 20, Some([255, 0, 0, 255])));
    let head = client.head(&image("a.png", "resize,w_40"));
    assert_eq!((head.status, head.header("content-length")), (200, small.header("content-length")));

    let (etag, modified) = (small.header("etag").unwrap(), small.header("last-modified").unwrap());
    for condition in [("if-none-match", etag), ("if-modified-since", modified)] {
        let unchanged = client.get_with(&image("a.png", "resize,w_40"), &[condition]);
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{condition:?}");
    }
    assert_eq!(client.get_with(&image("a.png", "resize,w_41"), &[("if-none-match", etag)]).status, 200);

    let info = client.get(&image("a.png", "info")).json();
    assert_eq!((&info["ImageWidth"]["value"], &info["ImageHeight"]["value"]), (&"80".into(), &"40".into()));
    assert_eq!(info["FileSize"]["value"], plain(80, 40, RED).len().to_string());

    // marks/m.png
    let marked = client.get(&image("a.png", "watermark,image_bWFya3MvbS5wbmc,g_nw,x_10,y_10"));
    let picture = Picture::decode(&marked.body).unwrap_or_else(|_| panic!("{}", marked.text()));
    assert_eq!(picture.pixel(15, 15), Some([0, 0, 255, 255]));
    assert_eq!(picture.pixel(25, 15), Some([255, 0, 0, 255]));

    for missing in [image("missing.png", "resize,w_40"), image("missing.png", "info"), image("a-text.png", "info")] {
        assert_eq!(client.get(&missing).status, 404, "{missing}");
    }
    let mark = image("a.png", "watermark,image_bWlzc2luZy5wbmc");
    assert_eq!(client.get(&mark).status, 404, "a mark that is missing");
}
