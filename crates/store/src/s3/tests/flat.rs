use lightmill_testkit::servers::S3sFs;

use super::{Bucket, Settings, settings};

/// A server that checks signatures, with one bucket.
pub(super) struct Server(pub(super) S3sFs);

impl Server {
    pub(super) fn start() -> Self {
        let server = S3sFs::start().unwrap();
        server.create_bucket("photos").unwrap();
        Self(server)
    }

    pub(super) fn settings(&self) -> Settings {
        settings(&self.0.endpoint(), "photos")
    }

    pub(super) async fn bucket(&self) -> Bucket {
        Bucket::open(&self.settings()).await
    }
}
