use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use super::section::Section;

/// `[server]`: where it listens, and what a connection may cost.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address of the traffic.
    pub listen: SocketAddr,
    /// Address of liveness, readiness and metrics.
    pub admin: SocketAddr,
    /// How long requests in flight may take after the signal to stop.
    pub drain_time: Duration,
    /// Whether `Server-Timing` tells clients how long each stage took.
    pub timing: bool,
    /// Connections at a time; more wait in the kernel's backlog.
    pub connections: usize,
    /// How long a connection may take for its next request, until the end of its headers.
    pub header_time: Duration,
    /// A connection on which no byte moved for so long is closed.
    pub idle_time: Duration,
    /// A client that takes no byte for so long while one waits is dropped.
    pub write_time: Duration,
    /// Headers of a request.
    pub headers: usize,
    /// Bytes of a request's line and headers.
    pub header_bytes: usize,
    /// Bytes of a request's path and query.
    pub uri_bytes: usize,
}

impl Server {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = Self {
            listen: section.take("listen", local(8080)),
            admin: section.take("admin", local(8081)),
            drain_time: seconds(&mut section, "drain_time", 30.0),
            timing: section.take("timing", false),
            connections: section.checked("connections", 4096, |n| (1..=1_000_000).contains(n), "is 1 to 1000000"),
            header_time: seconds(&mut section, "header_time", 75.0),
            idle_time: seconds(&mut section, "idle_time", 90.0),
            write_time: seconds(&mut section, "write_time", 30.0),
            headers: section.checked("headers", 100, |n| (1..=10_000).contains(n), "is 1 to 10000"),
            header_bytes: section.checked(
                "header_bytes",
                65_536,
                |n| (8192..=1 << 24).contains(n),
                "is 8192 to 16777216",
            ),
            uri_bytes: section.checked("uri_bytes", 16_384, |n| (64..=65_534).contains(n), "is 64 to 65534"),
        };
        section.finish();
        server
    }
}

/// `[log]`.
#[derive(Debug, Clone)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// A level (`error`, `warn`, `info`, `debug`, `trace`) or directives such as `info,lightmill_mill=debug`.
    pub level: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Log {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let format = section.take("format", LogFormat::Text);
        let level = section.checked(
            "level",
            "info".to_owned(),
            |level| !level.is_empty() && tracing_subscriber::EnvFilter::try_new(level).is_ok(),
            "is error, warn, info, debug, trace, or directives such as `info,lightmill_mill=debug`",
        );
        section.finish();
        Self { format, level }
    }
}

/// A duration, written as a number of seconds: above 0 and at most a day.
pub(super) fn seconds(section: &mut Section<'_>, key: &str, default: f64) -> Duration {
    let fits = |value: &f64| *value > 0.0 && *value <= 86_400.0;
    Duration::from_secs_f64(section.checked(key, default, fits, "is a number of seconds, above 0, at most 86400"))
}
