use std::ops::Range;
use std::time::Instant;

use async_trait::async_trait;
use futures::StreamExt;
use metrics::{Counter, counter, histogram};

use crate::{Error, Object, Source, Stat};

/// Counts what a source is asked for:
/// * `lightmill_source_requests_total{source, operation, outcome}`, `outcome` being `ok` or [`Error::name`];
/// * `lightmill_source_seconds{source, operation}`, until the stat or the head of the object is there;
/// * `lightmill_source_bytes_total{source}`, as they are read;
/// * `lightmill_source_body_errors_total{source, outcome}`, for bodies that fail after their head.
#[derive(Debug)]
pub struct Measured<S> {
    inner: S,
    name: String,
}

impl<S: Source> Measured<S> {
    /// `inner`, measured under its configured `name`.
    pub fn new(inner: S, name: impl Into<String>) -> Self {
        Self { inner, name: name.into() }
    }

    fn record<T>(&self, operation: &'static str, start: Instant, result: &Result<T, Error>) {
        let outcome = result.as_ref().err().map_or("ok", Error::name);
        let source = self.name.clone();
        counter!("lightmill_source_requests_total", "source" => source.clone(), "operation" => operation, "outcome" => outcome)
            .increment(1);
        histogram!("lightmill_source_seconds", "source" => source, "operation" => operation).record(start.elapsed());
    }
}

#[async_trait]
impl<S: Source> Source for Measured<S> {
    async fn stat(&self, key: &str) -> Result<Stat, Error> {
        let start = Instant::now();
        let result = self.inner.stat(key).await;
        self.record("stat", start, &result);
        result
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Object, Error> {
        let start = Instant::now();
        let result = self.inner.read(key, range).await;
        self.record("read", start, &result);
        let Object { stat, range, body } = result?;
        let name = self.name.clone();
        let bytes: Counter = counter!("lightmill_source_bytes_total", "source" => name.clone());
        let body = body.inspect(move |piece| match piece {
            Ok(piece) => bytes.increment(piece.len() as u64),
            Err(error) => {
                let labels = [("source", name.clone()), ("outcome", error.name().to_owned())];
                counter!("lightmill_source_body_errors_total", &labels).increment(1);
            }
        });
        Ok(Object { stat, range, body: body.boxed() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeSource;

    #[tokio::test]
    async fn behaves_as_a_source() {
        let fake = FakeSource::default();
        let source = Measured::new(fake.clone(), "photos");
        crate::testing::behaves_as_a_source(&source, async |key, bytes| fake.put(key, bytes)).await;
    }
}
