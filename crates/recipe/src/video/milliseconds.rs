use std::time::Duration;

use serde::{Serialize, Serializer};

/// How long something is, in whole milliseconds: 1 to 86,400,000 (one day).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Length(u32);

impl Length {
    /// One day.
    pub const MOST: u32 = 86_400_000;

    /// `None` outside of 1 to 86,400,000 milliseconds.
    pub fn new(milliseconds: u32) -> Option<Self> {
        (1..=Self::MOST).contains(&milliseconds).then_some(Self(milliseconds))
    }

    /// Whole milliseconds.
    pub const fn milliseconds(self) -> u32 {
        self.0
    }

    /// The same as a duration, which is never zero.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0 as u64)
    }
}

/// A moment in the canonical form: whole milliseconds; what does not fit into 64 bits counts as the most that does.
pub(super) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_never_zero() {
        assert_eq!([0, Length::MOST + 1].map(Length::new), [None; 2]);
        assert_eq!(Length::new(1).map(Length::duration), Some(Duration::from_millis(1)));
        assert_eq!(Length::new(Length::MOST).map(Length::milliseconds), Some(Length::MOST));
    }
}
