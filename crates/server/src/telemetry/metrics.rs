//! What is counted about requests; the mill counts its own stages.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::layers::Exchange;

const REQUESTS: &str = "lightmill_http_requests_total";
const DURATION: &str = "lightmill_http_request_seconds";
const IN_FLIGHT: &str = "lightmill_http_requests_in_flight";
const BYTES: &str = "lightmill_http_response_bytes_total";

/// Upper bounds of the histograms' buckets in seconds: 0.5 ms to 30 s.
const SECONDS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often histograms are folded into their buckets, so that they do not grow where nobody asks for metrics.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder of this process, installed on the first call.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    describe_counter!(REQUESTS, "Requests answered, by mount and status");
    describe_histogram!(DURATION, "From the end of a request's headers to the end of its answer");
    describe_gauge!(IN_FLIGHT, "Requests being answered");
    describe_counter!(BYTES, "Bytes of response bodies");
    *installed = Some(handle.clone());
    Ok(handle)
}

/// A request has arrived.
pub fn started() {
    gauge!(IN_FLIGHT).increment(1.0);
}

/// Its answer is complete.
pub fn finished(exchange: &Exchange) {
    gauge!(IN_FLIGHT).decrement(1.0);
    let mount = exchange.outcome.mount.as_deref().unwrap_or("none").to_owned();
    counter!(REQUESTS, "mount" => mount.clone(), "status" => exchange.status.to_string()).increment(1);
    histogram!(DURATION, "mount" => mount.clone()).record(exchange.duration);
    counter!(BYTES, "mount" => mount).increment(exchange.bytes);
}

/// Keeps the recorder small for as long as it is polled.
pub async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}
