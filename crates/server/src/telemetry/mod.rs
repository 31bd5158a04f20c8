//! What the service tells about itself: logs and metrics.

pub mod access_log;
mod log;
pub mod metrics;

pub use self::log::{LogLevel, install as install_log};

/// Warns of what whoever starts the service should know.
pub fn tell(notes: &[String]) {
    for note in notes {
        tracing::warn!("{note}");
    }
}
