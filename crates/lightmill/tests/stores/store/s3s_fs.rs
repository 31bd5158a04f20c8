use lightmill_testkit::servers::S3sFs;

use super::Store;

/// S3 as s3s-fs has it, which checks signatures.
pub struct S3s(S3sFs);

impl S3s {
    pub fn new() -> Self {
        Self(S3sFs::start().unwrap())
    }

    fn lines(&self, bucket: &str, prefix: &str, key_id: &str, secret: &str) -> String {
        let url = format!("s3://{bucket}/{prefix}?endpoint={}", self.0.endpoint());
        format!("url = \"{url}\"\naccess_key_id = \"{key_id}\"\nsecret_access_key = \"{secret}\"")
    }
}

impl Store for S3s {
    fn column(&self) -> &'static str {
        "s3"
    }

    fn bucket(&self, name: &str, prefix: &str) -> String {
        self.0.create_bucket(name).unwrap();
        self.lines(name, prefix, S3sFs::KEY_ID, S3sFs::SECRET)
    }

    fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]) {
        self.0.put(bucket, key, content_type, bytes).unwrap();
    }

    fn locked(&self, bucket: &str) -> (String, Vec<String>) {
        let wrong = "the wrong secret";
        let words = [wrong, S3sFs::KEY_ID, bucket, &self.0.endpoint(), "Signature"];
        (self.lines(bucket, "", S3sFs::KEY_ID, wrong), words.map(str::to_owned).into())
    }
}
