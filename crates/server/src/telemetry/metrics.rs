//! What is counted about requests; the mill counts its own stages.

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::layers::Exchange;

const REQUESTS: &str = "lightmill_http_requests_total";
const DURATION: &str = "lightmill_http_request_seconds";
/// Statuses have three digits; those that are sent are below this.
const STATUSES: usize = 600;

const BYTES: &str = "lightmill_http_response_bytes_total";

/// Upper bounds of the histograms' buckets in seconds: 0.5 ms to 30 s.
const SECONDS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The same for jobs: 0.1 s to an hour.
const JOB_SECONDS: [f64; 12] = [0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0];

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
        .set_buckets_for_metric(Matcher::Full("lightmill_job_seconds".to_owned()), &JOB_SECONDS)?
        .install_recorder()?;
    describe_counter!(REQUESTS, "Requests answered, by mount and status");
    describe_histogram!(DURATION, "From the end of a request's headers to the end of its answer");
    describe_gauge!("lightmill_http_requests_in_flight", "Requests being answered");
    describe_counter!(BYTES, "Bytes of response bodies");
    *installed = Some(handle.clone());
    Ok(handle)
}

/// What is counted about the requests of one mount. Looking a counter up by its labels costs more than counting, so each
/// is looked up once.
#[derive(Debug)]
pub struct Traffic {
    mount: Arc<str>,
    signed_below: Option<String>,
    by_status: [OnceLock<Counter>; STATUSES],
    duration: OnceLock<Histogram>,
    bytes: OnceLock<Counter>,
}

impl Traffic {
    /// Nothing yet, of the mount of this name. `signed_below`: the path below which the first segment is a signature.
    pub fn of(mount: Arc<str>, signed_below: Option<String>) -> Self {
        let by_status = [const { OnceLock::new() }; STATUSES];
        Self { mount, signed_below, by_status, duration: OnceLock::new(), bytes: OnceLock::new() }
    }

    /// The mount's name.
    pub fn mount(&self) -> &str {
        &self.mount
    }

    /// The path below which the first segment is a signature, which no log shows.
    pub fn signed_below(&self) -> Option<&str> {
        self.signed_below.as_deref()
    }

    fn count(&self, exchange: &Exchange) {
        let mount = || Arc::clone(&self.mount);
        let requests = || counter!(REQUESTS, "mount" => mount(), "status" => exchange.status.to_string());
        match self.by_status.get(usize::from(exchange.status)) {
            Some(known) => known.get_or_init(requests).increment(1),
            None => requests().increment(1),
        }
        self.duration.get_or_init(|| histogram!(DURATION, "mount" => mount())).record(exchange.duration);
        self.bytes.get_or_init(|| counter!(BYTES, "mount" => mount())).increment(exchange.bytes);
    }
}

fn in_flight() -> &'static Gauge {
    static IN_FLIGHT: OnceLock<Gauge> = OnceLock::new();
    IN_FLIGHT.get_or_init(|| gauge!("lightmill_http_requests_in_flight"))
}

/// A request has arrived.
pub fn started() {
    in_flight().increment(1.0);
}

/// Its answer is complete.
pub fn finished(exchange: &Exchange) {
    static ELSEWHERE: LazyLock<Traffic> = LazyLock::new(|| Traffic::of("none".into(), None));
    in_flight().decrement(1.0);
    exchange.outcome.traffic.as_deref().unwrap_or(&ELSEWHERE).count(exchange);
}

/// Keeps the recorder small for as long as it is polled.
pub async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}
