//! The bucket against a server of other people, and against one that says what a test wants.

use super::{Bucket, Credentials, Settings};

mod behaviour;
mod credentials;
mod errors;
mod protocol;

/// A bucket of a server on the loopback interface, asked by nobody.
fn settings(endpoint: &str, bucket: &str) -> Settings {
    Settings { endpoint: Some(endpoint.to_owned()), credentials: Credentials::Anonymous, ..Settings::new(bucket) }
}

fn bucket(endpoint: &str) -> Bucket {
    Bucket::open(&settings(endpoint, "photos")).unwrap()
}
