use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time of the whole process and wall time since a moment.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    processor: Duration,
    wall: Duration,
}

/// Time that went by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Of all threads of this process, in user and kernel mode.
    pub processor: Duration,
    /// By the clock.
    pub wall: Duration,
}

impl Meter {
    /// Starts to measure.
    pub fn start() -> Self {
        Self { processor: now(ClockId::ProcessCPUTime), wall: now(ClockId::Monotonic) }
    }

    /// Time since the start.
    pub fn spent(&self) -> Spent {
        let since = |clock, start| now(clock).saturating_sub(start);
        Spent { processor: since(ClockId::ProcessCPUTime, self.processor), wall: since(ClockId::Monotonic, self.wall) }
    }
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    // Neither clock is ever before its own start.
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_processor_time_and_sleep_does_not() {
        let meter = Meter::start();
        std::thread::sleep(Duration::from_millis(20));
        let asleep = meter.spent();
        assert!(asleep.wall >= Duration::from_millis(20));
        let mut number = 1_u64;
        while meter.spent().processor < asleep.processor + Duration::from_millis(5) {
            number = std::hint::black_box(number.wrapping_mul(3));
        }
        assert!(meter.spent().wall > asleep.wall);
    }
}
