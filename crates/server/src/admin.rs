//! The admin listener: alive, ready, metrics, log level. Apart from the traffic, on loopback by default.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, put};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::telemetry::LogLevel;

/// How long scrapes in flight may take at the end.
pub const DRAIN_TIME: Duration = Duration::from_secs(1);

/// Whether load balancers should send requests here; false until everything listens, and while draining.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Changes what `/readyz` says.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The routes: `GET /livez`, `/readyz` (503 while not ready), `/metrics`, and `PUT /log-level` with directives as its
/// body, where a log was installed.
pub fn router(readiness: Readiness, metrics: PrometheusHandle, level: Option<LogLevel>) -> Router {
    let router = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready).with_state(readiness))
        .route("/metrics", get(render).with_state(metrics));
    match level {
        Some(level) => router.route("/log-level", put(set_level).with_state(level)),
        None => router,
    }
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if readiness.get() { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") }
}

async fn render(State(metrics): State<PrometheusHandle>) -> ([(http::HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
}

async fn set_level(State(level): State<LogLevel>, directives: String) -> (StatusCode, &'static str) {
    if level.set(&directives) {
        tracing::warn!(directives = directives.trim(), "the log level was changed");
        (StatusCode::NO_CONTENT, "")
    } else {
        (StatusCode::BAD_REQUEST, "a level, or directives such as info,lightmill_mill=debug\n")
    }
}
