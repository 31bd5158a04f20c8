use std::time::SystemTime;

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
