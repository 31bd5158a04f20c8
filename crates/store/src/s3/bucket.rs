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
/// `a/../b` are keys like others. Amazon keeps them; a server that maps keys to folders may not, and with one that
/// resolves `..` a prefix hides nothing.
///
/// The version of an object is its `ETag`, and its version id where the bucket has them. All
/// [`Attributes`](crate::Attributes) are kept.
#[derive(Debug)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    prefix: String,
    requester_pays: bool,
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
