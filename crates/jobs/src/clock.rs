use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What time it is. Leases are compared between processes, so it is the time of day.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The time of the moment.
    fn now(&self) -> SystemTime;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The time of so many milliseconds since 1970.
pub(crate) fn time(milliseconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}
