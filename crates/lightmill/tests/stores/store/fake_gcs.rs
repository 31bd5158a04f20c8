use std::sync::LazyLock;

use lightmill_testkit::{Client, servers};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Store;

/// One for all tests of this file; it ends with their process.
static SERVER: LazyLock<servers::FakeGcs> = LazyLock::new(|| servers::FakeGcs::start().unwrap());

/// Google Cloud Storage as fake-gcs-server has it. It asks nobody who they are.
pub struct FakeGcs;

impl Store for FakeGcs {
    fn column(&self) -> &'static str {
        "gcs"
    }

    fn bucket(&self, name: &str, prefix: &str) -> String {
        SERVER.create_bucket(name).unwrap();
        format!("url = \"gs://{name}/{prefix}?endpoint={}&anonymous=true\"", SERVER.endpoint())
    }

    fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]) {
        let client = Client::new(SERVER.endpoint().trim_start_matches("http://").parse().unwrap());
        let name = utf8_percent_encode(key, NON_ALPHANUMERIC);
        let target = format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}");
        let answer = client.send("POST", target.as_bytes(), &[("content-type", content_type)], bytes).unwrap();
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    }
}
