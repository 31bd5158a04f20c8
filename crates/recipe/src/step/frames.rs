use std::num::NonZeroU32;

use serde::Serialize;

/// Which frames of an animation, or pages of a document, take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct FrameRange {
    /// How many are passed over.
    pub first: u32,
    /// How many are read; `None`: all that follow.
    pub count: Option<NonZeroU32>,
}

impl FrameRange {
    /// Only the first one.
    pub const FIRST: Self = Self { first: 0, count: Some(NonZeroU32::MIN) };
}
