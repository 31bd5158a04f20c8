use std::num::NonZeroUsize;
use std::time::Duration;

use lightmill_video::{ProbeLimits, arguments};

/// How videos are worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoSettings {
    /// Children that run at a time.
    pub processes: NonZeroUsize,
    /// Requests that wait for one; one more is refused.
    pub queue_length: usize,
    /// How long one may wait.
    pub queue_time: Duration,
    /// Bounds of one request.
    pub limits: VideoLimits,
}

impl Default for VideoSettings {
    fn default() -> Self {
        let processes = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            processes,
            queue_length: 32 * processes.get(),
            queue_time: Duration::from_secs(10),
            limits: VideoLimits::default(),
        }
    }
}

/// Bounds of one request about a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoLimits {
    /// Of the work itself.
    pub work: arguments::Limits,
    /// Of the look at what a video is.
    pub probe: ProbeLimits,
    /// Bytes that may be read of a video for one frame.
    pub frame_bytes: u64,
    /// Bytes of clips that are kept as long as the process lives, where no other place is configured for results; none
    /// with 0.
    pub kept_bytes: u64,
}

impl Default for VideoLimits {
    fn default() -> Self {
        Self {
            work: arguments::Limits::default(),
            probe: ProbeLimits::default(),
            frame_bytes: 256 << 20,
            kept_bytes: 2 << 30,
        }
    }
}
