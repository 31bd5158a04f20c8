use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::types::RequestPayer;

use super::{Settings, client};
use crate::Error;

/// Longest key in bytes (Amazon S3 User Guide, "Naming Amazon S3 objects").
const MAX_KEY_BYTES: usize = 1024;

/// A bucket: a [`Source`](crate::Source) and a [`Sink`](crate::Sink).
///
/// A key is any UTF-8 text of 1 to 1024 bytes, the prefix included, and reaches the server as it is: `a//b`, `/a` and
/// `a/../b` are keys like others, which Amazon keeps. Another server may take them for paths: below a prefix, keys with the
/// segments `.` and `..` are refused there, so that none leads out of it.
///
/// The version of an object is its `ETag`, and its version id where the bucket has them. All
/// [`Attributes`](crate::Attributes) are kept.
#[derive(Debug)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) prefix: String,
    requester_pays: bool,
    /// Whether keys might be taken for paths that lead out of the prefix.
    confined: bool,
    /// Whether an answer has shown that the bucket exists and knows the credentials.
    known: AtomicBool,
}

impl Bucket {
    /// Prepares to reach the bucket; asks nothing of it, so that a server starts while its store is away.
    pub async fn open(settings: &Settings) -> Self {
        Self {
            client: client::client(settings).await,
            name: settings.bucket.clone(),
            prefix: settings.prefix.clone(),
            requester_pays: settings.requester_pays,
            confined: settings.endpoint.is_some() && !settings.prefix.is_empty(),
            known: AtomicBool::new(false),
        }
    }

    /// The key in the bucket.
    pub(super) fn key(&self, key: &str) -> Result<String, Error> {
        if key.is_empty() {
            return Err(Error::InvalidKey("is empty"));
        }
        if self.prefix.len() + key.len() > MAX_KEY_BYTES {
            return Err(Error::InvalidKey("has more than 1024 bytes"));
        }
        if self.confined && key.split('/').any(|segment| segment == "." || segment == "..") {
            return Err(Error::InvalidKey("contains the segment . or .."));
        }
        Ok(format!("{}{key}", self.prefix))
    }

    pub(super) fn payer(&self) -> Option<RequestPayer> {
        self.requester_pays.then_some(RequestPayer::Requester)
    }

    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Relaxed)
    }

    /// Learns from an answer that names its reason.
    pub(super) fn learn<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        if matches!(answer, Ok(_) | Err(Error::NotFound | Error::Forbidden)) {
            self.known.store(true, Ordering::Relaxed);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_key_leads_out_of_a_prefix() {
        let escapes = Err(Error::InvalidKey("contains the segment . or .."));
        for (endpoint, prefix, expected) in [
            (Some("http://127.0.0.1:9"), "trips/", escapes.clone()),
            (Some("http://127.0.0.1:9"), "", Ok("../secret.jpg".to_owned())),
            (None, "trips/", Ok("trips/../secret.jpg".to_owned())),
        ] {
            let settings = Settings {
                prefix: prefix.to_owned(),
                region: Some("eu-central-1".to_owned()),
                endpoint: endpoint.map(str::to_owned),
                credentials: crate::s3::Credentials::Anonymous,
                ..Settings::new("photos")
            };
            assert_eq!(Bucket::open(&settings).await.key("../secret.jpg"), expected, "{endpoint:?} {prefix}");
        }
    }
}
