use std::time::Duration;

use serde::Serialize;

/// A constant rate factor, 1 to `MAX`: lower is better and larger. What a number looks like is each codec's own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Crf<const MAX: u8>(u8);

impl<const MAX: u8> Crf<MAX> {
    /// `None` outside of 1 to `MAX`. 0, where it exists, means no loss at all, which browsers do not play.
    pub fn new(value: u8) -> Option<Self> {
        (1..=MAX).contains(&value).then_some(Self(value))
    }

    /// The number, 1 to `MAX`.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Bits per second, 1,000 to 1,000,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BitRate(u64);

impl BitRate {
    /// `None` outside of 1,000 to 1,000,000,000 bits per second.
    pub fn new(bits_per_second: u64) -> Option<Self> {
        (1_000..=1_000_000_000).contains(&bits_per_second).then_some(Self(bits_per_second))
    }

    /// Bits per second.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Bits per second of compressed sound, 32,000 to 320,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AudioRate(u32);

impl AudioRate {
    /// 128,000 bits per second.
    pub const USUAL: Self = Self(128_000);

    /// `None` outside of 32,000 to 320,000 bits per second.
    pub fn new(bits_per_second: u32) -> Option<Self> {
        (32_000..=320_000).contains(&bits_per_second).then_some(Self(bits_per_second))
    }

    /// Bits per second.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Frames per second, 1 to 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FrameRate(u8);

impl FrameRate {
    /// `None` outside of 1 to 60.
    pub fn new(frames_per_second: u8) -> Option<Self> {
        (1..=60).contains(&frames_per_second).then_some(Self(frames_per_second))
    }

    /// Frames per second.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A side of a video in pixels, 16 to 8192.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct VideoSide(u16);

impl VideoSide {
    /// The shortest side that is made.
    pub const LEAST: u16 = 16;
    /// The longest side that is made.
    pub const MOST: u16 = 8192;

    /// `None` outside of 16 to 8192.
    pub fn new(pixels: u16) -> Option<Self> {
        (Self::LEAST..=Self::MOST).contains(&pixels).then_some(Self(pixels))
    }

    /// Pixels.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Seconds of one HLS segment, 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SegmentLength(u8);

impl SegmentLength {
    /// 4 seconds.
    pub const USUAL: Self = Self(4);

    /// `None` outside of 1 to 10 seconds.
    pub fn new(seconds: u8) -> Option<Self> {
        (1..=10).contains(&seconds).then_some(Self(seconds))
    }

    /// The time that one segment takes.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }
}

/// A share of a whole, in parts per million from 0 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PartsPerMillion(u32);

impl PartsPerMillion {
    /// `None` over 1,000,000.
    pub fn new(parts: u32) -> Option<Self> {
        (parts <= 1_000_000).then_some(Self(parts))
    }

    /// The number, at most 1,000,000.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// As much of `whole`.
    pub fn of(self, whole: Duration) -> Duration {
        // A million parts are the whole itself, so that the result is never longer.
        whole.mul_f64(f64::from(self.0) / 1e6).min(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_at_both_ends() {
        assert_eq!([0, 52].map(Crf::<51>::new), [None; 2]);
        assert_eq!([1, 51].map(|n| Crf::<51>::new(n).map(Crf::get)), [Some(1), Some(51)]);
        assert!(Crf::<63>::new(63).is_some() && Crf::<63>::new(64).is_none());
        assert_eq!([999, 1_000_000_001].map(BitRate::new), [None; 2]);
        assert!([1_000, 1_000_000_000].iter().all(|n| BitRate::new(*n).is_some()));
        assert_eq!([31_999, 320_001].map(AudioRate::new), [None; 2]);
        assert_eq!(AudioRate::new(128_000), Some(AudioRate::USUAL));
        assert_eq!([0, 61].map(FrameRate::new), [None; 2]);
        assert_eq!([15, 8193].map(VideoSide::new), [None; 2]);
        assert_eq!([0, 11].map(SegmentLength::new), [None; 2]);
        assert_eq!(SegmentLength::USUAL.duration(), Duration::from_secs(4));
        assert_eq!(PartsPerMillion::new(1_000_001), None);
    }

    #[test]
    fn a_share_is_never_more_than_the_whole() {
        let whole = Duration::new(599, 999_999_999);
        assert_eq!(PartsPerMillion::new(1_000_000).map(|share| share.of(whole)), Some(whole));
        assert_eq!(
            PartsPerMillion::new(500_000).map(|share| share.of(Duration::from_secs(3))),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(PartsPerMillion::new(0).map(|share| share.of(whole)), Some(Duration::ZERO));
    }
}
