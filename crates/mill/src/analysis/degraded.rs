use serde::{Serialize, Serializer};

/// What a result lacks because an analyser failed. Such a result is never kept: the next one may lack nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Degraded {
    /// Focus: the crop went where it goes in a picture in which nothing was found.
    pub smart: bool,
    /// Moderation: the picture is shown without it, as the configuration wants.
    pub moderation: bool,
}

impl Degraded {
    /// Whether anything is lacking.
    pub const fn is_any(self) -> bool {
        self.smart || self.moderation
    }

    /// The words in headers, logs and metrics; `None` if nothing is lacking.
    pub const fn words(self) -> Option<&'static str> {
        match (self.smart, self.moderation) {
            (false, false) => None,
            (true, false) => Some("smart"),
            (false, true) => Some("moderation"),
            (true, true) => Some("smart, moderation"),
        }
    }

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self { smart: self.smart || other.smart, moderation: self.moderation || other.moderation }
    }
}

impl Serialize for Degraded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words().serialize(serializer)
    }
}
