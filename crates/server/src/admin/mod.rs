//! The admin listener: alive, ready, metrics, log level, purge. Apart from the traffic, on loopback by default.

mod purge;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post, put};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::reload::Live;
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

/// What the listener tells of and changes.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Whether load balancers should send requests.
    pub readiness: Readiness,
    /// Everything that is counted.
    pub metrics: PrometheusHandle,
    /// What is logged.
    pub level: LogLevel,
    /// Whose results are purged, by whoever has one of its tokens.
    pub live: Arc<Live>,
}

/// The routes: `GET /livez`, `/readyz` (503 while not ready), `/metrics`, `PUT /log-level` with directives as its body,
/// and `POST /purge`.
pub fn router(admin: Admin) -> Router {
    let Admin { readiness, metrics, level, live } = admin;
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready).with_state(readiness))
        .route("/metrics", get(render).with_state(metrics))
        .route("/log-level", put(set_level).with_state(level))
        .route("/purge", post(purge::answer).with_state(live))
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
