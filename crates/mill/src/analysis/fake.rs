use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lightmill_recipe::Findings;
use lightmill_store::async_trait;
use lightmill_vision::{self as vision, Analyser, Error, Kind, Subject};

/// Answers as it is told, after some time.
#[derive(Debug)]
pub(super) struct Fake {
    pub(super) version: &'static str,
    pub(super) kinds: Vec<Kind>,
    pub(super) answer: Mutex<Result<Findings, Error>>,
    pub(super) takes: Duration,
    pub(super) asked: Mutex<Vec<vision::Wanted>>,
    pub(super) left: AtomicUsize,
}

impl Fake {
    pub(super) fn of(kinds: &[Kind], answer: Result<Findings, Error>) -> Self {
        Self {
            version: "fake 1",
            kinds: kinds.to_vec(),
            answer: Mutex::new(answer),
            takes: Duration::ZERO,
            asked: Mutex::default(),
            left: AtomicUsize::new(0),
        }
    }

    /// Finds faces and what draws the eye.
    pub(super) fn new(answer: Result<Findings, Error>) -> Self {
        Self::of(&[Kind::Faces, Kind::Salient], answer)
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// Counts who left before there was an answer.
struct Leaving<'a>(&'a AtomicUsize, bool);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(usize::from(!self.1), Ordering::SeqCst);
    }
}

#[async_trait]
impl Analyser for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn version(&self) -> &str {
        self.version
    }

    fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    async fn analyse(&self, _: &Subject, wanted: &vision::Wanted) -> Result<Findings, Error> {
        self.asked.lock().unwrap().push(*wanted);
        let mut leaving = Leaving(&self.left, false);
        tokio::time::sleep(self.takes).await;
        leaving.1 = true;
        self.answer.lock().unwrap().clone()
    }
}
