use std::sync::LazyLock;

use lightmill_testkit::{Client, servers};

use super::{Store, encoded};

/// One for all tests of this file; it ends with their process.
static SERVER: LazyLock<servers::Moto> = LazyLock::new(|| servers::Moto::start().unwrap());

/// Moto asks for a signature where an object is written over another one, and believes each.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// S3 as moto has it. It checks no signatures.
pub struct Moto;

impl Moto {
    fn send(target: &str, content_type: &str, bytes: &[u8]) {
        let client = Client::new(SERVER.endpoint().trim_start_matches("http://").parse().unwrap());
        let headers = [("content-type", content_type), ("authorization", SIGNED)];
        let answer = client.send("PUT", target.as_bytes(), &headers, bytes).unwrap();
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    }
}

impl Store for Moto {
    fn column(&self) -> &'static str {
        "s3"
    }

    fn bucket(&self, name: &str, prefix: &str) -> String {
        Self::send(&format!("/{name}"), "text/plain", b"");
        let endpoint = SERVER.endpoint();
        format!(
            "url = \"s3://{name}/{prefix}?endpoint={endpoint}\"\naccess_key_id = \"any\"\nsecret_access_key = \"any\""
        )
    }

    fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]) {
        Self::send(&format!("/{bucket}/{}", encoded(key)), content_type, bytes);
    }
}
