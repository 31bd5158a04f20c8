use std::time::Duration;

/// How long to wait before another attempt: twice as long each time, by chance down to half of that, so that what failed
/// together is not tried together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first attempt.
    pub first: Duration,
    /// At most.
    pub most: Duration,
}

impl Backoff {
    /// How long to wait after the attempt of this number, from 1.
    pub fn after(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.checked_pow(attempt.saturating_sub(1)).and_then(|times| self.first.checked_mul(times));
        let whole = doubled.map_or(self.most, |doubled| doubled.min(self.most));
        whole.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl Default for Backoff {
    /// From 2 s to 5 minutes.
    fn default() -> Self {
        Self { first: Duration::from_secs(2), most: Duration::from_mins(5) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most() {
        let backoff = Backoff { first: Duration::from_secs(2), most: Duration::from_mins(1) };
        for (attempt, most) in [(1, 2), (2, 4), (3, 8), (6, 60), (31, 60), (u32::MAX, 60)] {
            let most = Duration::from_secs(most);
            for _ in 0..100 {
                let wait = backoff.after(attempt);
                assert!(most / 2 <= wait && wait <= most, "{attempt}: {wait:?}");
            }
        }
    }
}
