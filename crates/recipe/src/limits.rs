use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Size;

/// A number of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pixels(pub u64);

/// Every bound that one request must respect. All of them are strict: what is over is refused before it costs much.
///
/// Sides, pixels of an animation and of a result are Alibaba Cloud's published limits by default; the rest bounds what one
/// request may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one source object.
    pub source_bytes: u64,
    /// Longer side of a source, in pixels.
    pub source_side: u32,
    /// Pixels of one frame of a source, read from its header before any pixel is decoded.
    pub source_pixels: Pixels,
    /// Pixels of all frames of an animated source together.
    pub animation_pixels: Pixels,
    /// Frames of an animated source.
    pub frames: u32,
    /// Longer side of any intermediate or final picture.
    pub result_side: u32,
    /// Pixels of any intermediate or final picture.
    pub result_pixels: Pixels,
    /// Bytes of an encoded result.
    pub result_bytes: u64,
    /// Operations over all inputs of one recipe.
    pub operations: usize,
    /// Inputs of one recipe, the main one included.
    pub inputs: usize,
    /// Characters of one text mark.
    pub text_characters: usize,
    /// Estimated bytes of memory of one request.
    pub memory_bytes: u64,
    /// From the arrival of a request to its last encoded byte.
    #[serde(with = "seconds")]
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 64 << 20,
            source_side: 30_000,
            source_pixels: Pixels(80_000_000),
            animation_pixels: Pixels(250_000_000),
            frames: 500,
            result_side: 16_384,
            result_pixels: Pixels(16_777_216),
            result_bytes: 64 << 20,
            operations: 64,
            inputs: 8,
            text_characters: 256,
            memory_bytes: 1 << 30,
            time: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// Whether a source of this size may be decoded.
    pub fn check_source(&self, size: Size) -> Result<(), LimitError> {
        LimitError::check("source_side", u64::from(size.longer()), u64::from(self.source_side))?;
        LimitError::check("source_pixels", size.pixels().0, self.source_pixels.0)
    }

    /// Whether an intermediate or final picture of this size may be made.
    pub fn check_result(&self, size: Size) -> Result<(), LimitError> {
        LimitError::check("result_side", u64::from(size.longer()), u64::from(self.result_side))?;
        LimitError::check("result_pixels", size.pixels().0, self.result_pixels.0)
    }
}

/// Something is over one of the [`Limits`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{limit} is {actual}, over the limit of {allowed}")]
pub struct LimitError {
    /// The field of [`Limits`].
    pub limit: &'static str,
    /// What was asked for or found.
    pub actual: u64,
    /// What is allowed.
    pub allowed: u64,
}

impl LimitError {
    /// An error if `actual` is over `allowed`.
    pub fn check(limit: &'static str, actual: u64, allowed: u64) -> Result<(), Self> {
        if actual > allowed { Err(Self { limit, actual, allowed }) } else { Ok(()) }
    }
}

/// Durations in configuration are seconds, whole or with a fraction.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(value.as_secs_f64())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_names_the_limit() {
        let limits = Limits::default();
        assert!(limits.check_source(Size::new(10_000, 8_000)).is_ok());
        let error = limits.check_source(Size::new(10_000, 10_000)).unwrap_err();
        assert_eq!((error.limit, error.actual, error.allowed), ("source_pixels", 100_000_000, 80_000_000));
        assert_eq!(limits.check_result(Size::new(16_385, 1)).unwrap_err().limit, "result_side");
    }
}
