use super::*;
pub(super) use crate::canned::{Server, answer};

impl Server {
    pub(super) async fn bucket(&self) -> Bucket {
        Bucket::open(&settings(&self.endpoint, "photos")).await
    }
}

/// An error document.
pub(super) fn error(status: &str, code: &str, more: &str) -> String {
    let document =
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>in words</Message>{more}</Error>");
    answer(status, "Content-Type: application/xml\r\n", &document)
}
