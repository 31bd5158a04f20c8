//! The first segment of a path is the bucket (`bucket_from = "path"`), over two kinds of stores in one mount.

use crate::common::image;
use crate::store::{BLUE, Folder, RED, S3s, Serving, Store, plain};

pub fn behaviour(store: &dyn Store) {
    let other: Box<dyn Store> = if store.column() == "local" { Box::new(S3s::new()) } else { Box::new(Folder::new()) };
    let sources = [("here", store.bucket("paths-here", "")), ("there", other.bucket("paths-there", ""))];
    let (here, there) = (plain(30, 20, RED), plain(20, 30, BLUE));
    store.put("paths-here", "a.png", "image/png", &here);
    other.put("paths-there", "a.png", "image/png", &there);
    other.put("paths-there", "only.png", "image/png", &there);
    let sources = sources.each_ref().map(|(name, lines)| (*name, lines.as_str()));
    let server = Serving { sources: &sources, mount: "bucket_from = \"path\"", ..Serving::default() }.start();
    let client = server.client();
    for (key, bytes, height) in [("here/a.png", &here, "20"), ("there/a.png", &there, "30")] {
        let original = client.get(&format!("/{key}"));
        assert_eq!((original.status, &original.body), (200, bytes), "{key}");
        let info = client.get(&image(key, "info")).json();
        assert_eq!(info["ImageHeight"]["value"], height, "{key}");
    }
    assert_eq!(client.get("/here/only.png").status, 404);
    for unlisted in ["/elsewhere/a.png", "/a.png", &image("elsewhere/a.png", "info")] {
        assert_eq!(client.get(unlisted).status, 403, "{unlisted}");
    }
}
