//! What tests of several modules share.

#[cfg(feature = "rekognition")]
pub(crate) mod server;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use lightmill_image::{Context, Layout, Picture};
use lightmill_recipe::{Findings, Fingerprint, Found, FoundKind};

use crate::{Analyser, BlockingThreads, Error, Kind, Subject, Wanted, Workers};

/// One of the sample photos.
pub(crate) fn photo(name: &str) -> Bytes {
    let path = format!("{}/../../samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")).into()
}

pub(crate) fn context() -> Context {
    Context::default()
}

pub(crate) fn of(bytes: Bytes) -> Subject {
    Subject::new(Fingerprint::of([&bytes]), bytes, context())
}

pub(crate) fn subject(name: &str) -> Subject {
    of(photo(name))
}

pub(crate) fn workers() -> Arc<dyn Workers> {
    Arc::new(BlockingThreads::new(NonZeroUsize::MIN))
}

/// The whole picture.
pub(crate) fn found(what: FoundKind, confidence: f32) -> Found {
    Found { what, left: 0.0, top: 0.0, width: 1.0, height: 1.0, confidence }
}

/// A PNG of an RGB or RGBA picture.
pub(crate) fn png(picture: &Picture) -> Bytes {
    let mut file = Vec::new();
    let size = picture.size();
    let mut encoder = png::Encoder::new(&mut file, size.width, size.height);
    encoder.set_color(if picture.layout() == Layout::Rgba { png::ColorType::Rgba } else { png::ColorType::Rgb });
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&picture.planes()[0].data).unwrap();
    writer.finish().unwrap();
    file.into()
}

/// Always the same answer, after some time.
#[derive(Debug)]
pub(crate) struct Canned {
    name: String,
    version: String,
    kinds: Vec<Kind>,
    answer: Mutex<Result<Findings, Error>>,
    takes: Duration,
    asked: Mutex<Vec<Wanted>>,
}

impl Canned {
    pub(crate) fn new(name: &str, kinds: &[Kind], answer: Result<Findings, Error>) -> Self {
        Self {
            name: name.to_owned(),
            version: format!("{name} 1"),
            kinds: kinds.to_vec(),
            answer: Mutex::new(answer),
            takes: Duration::ZERO,
            asked: Mutex::default(),
        }
    }

    /// The same after so long.
    pub(crate) fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Wanted> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn set(&self, answer: Result<Findings, Error>) {
        *self.answer.lock().unwrap() = answer;
    }
}

#[async_trait]
impl Analyser for Canned {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    async fn analyse(&self, subject: &Subject, wanted: &Wanted) -> Result<Findings, Error> {
        self.asked.lock().unwrap().push(*wanted);
        tokio::time::sleep(self.takes).await;
        subject.cancel().check()?;
        self.answer.lock().unwrap().clone()
    }
}
