//! The bucket against servers of other people, and against one that says what a test wants.

use lightmill_testkit::servers::S3sFs;

use super::{Bucket, Credentials, Secret, Settings};
use crate::canned::soon;

mod behaviour;
mod canned;
mod conditions;
mod errors;
mod flat;
mod moto;
mod protocol;
mod streaming;
mod uploads;

/// A bucket of a server on the loopback interface.
fn settings(endpoint: &str, bucket: &str) -> Settings {
    Settings {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        path_style: true,
        credentials: Credentials::Key { id: S3sFs::KEY_ID.to_owned(), secret: Secret::new(S3sFs::SECRET) },
        ..Settings::new(bucket)
    }
}

/// Keys that S3 allows and that are easily mistaken for others.
const KEYS: [&str; 19] = [
    "two words",
    " begins and ends with a space ",
    "plus+plus",
    "100%",
    "%2F",
    "a%20b",
    "grüße/世界/😀",
    "u\u{308}",
    "a//b",
    "a/b/",
    "/a",
    "//a",
    "a/./b",
    "a/../b",
    "..",
    "question?mark=1&b",
    "hash#tag",
    "quote\"'<>&;:@,$=*!()~^`{}|\\",
    "tab\tand\u{7f}",
];
