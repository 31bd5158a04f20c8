use std::num::NonZeroU32;

use serde::Serialize;

use crate::video::VideoFrame;
use crate::{Colour, Operation};

/// Where an object lies: a key in a named source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Locator {
    /// The source's configured name or the bucket that was asked for; `None` is the mount's default.
    pub source: Option<String>,
    /// The key, percent-decoded, without a leading `/`.
    pub key: String,
}

impl Locator {
    /// `key` in the mount's default source.
    pub fn key(key: impl Into<String>) -> Self {
        Self { source: None, key: key.into() }
    }
}

/// Where a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A stored object. Its field in the canonical form is `locator`.
    #[serde(rename = "locator")]
    Object(Locator),
    /// A picture of one colour: one pixel, which [`crate::Reframe`] makes as large as is asked for.
    Colour(Colour),
}

/// Position of an input in [`crate::Recipe::inputs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct InputIndex(pub usize);

/// One picture that goes into a result, and what is done to it first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Input {
    /// Where its pixels come from.
    #[serde(flatten)]
    pub source: Source,
    /// Whether EXIF orientation is applied before the first operation.
    pub orientation: Orientation,
    /// Which frames of an animation are read.
    pub frames: Frames,
    /// The source is a video, of which this is the picture. Absent from the canonical form of what is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_frame: Option<VideoFrame>,
    /// What is done to it, strictly in this order.
    pub operations: Vec<Operation>,
}

impl Input {
    /// The object at `locator`, upright, with all frames, untouched.
    pub fn new(locator: Locator) -> Self {
        Self {
            source: Source::Object(locator),
            orientation: Orientation::Apply,
            frames: Frames::All,
            video_frame: None,
            operations: Vec::new(),
        }
    }

    /// Where its bytes are; `None` for what is not stored anywhere.
    pub const fn locator(&self) -> Option<&Locator> {
        match &self.source {
            Source::Object(locator) => Some(locator),
            Source::Colour(_) => None,
        }
    }

    /// The same, to be changed.
    pub const fn locator_mut(&mut self) -> Option<&mut Locator> {
        match &mut self.source {
            Source::Object(locator) => Some(locator),
            Source::Colour(_) => None,
        }
    }
}

/// What to do with EXIF tag 274 (Orientation; EXIF 2.32, section 4.6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// Turn and mirror the picture upright, and drop the tag.
    Apply,
    /// Take the stored pixels as they are; the tag is dropped all the same.
    Ignore,
}

/// Which frames of an animation take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Frames {
    /// Every frame, where the output can hold several; else the first.
    All,
    /// Only the first.
    First,
    /// The first n, n ≥ 1. The source must be a GIF (`cgif`).
    FirstOfGif(u32),
    /// Some of them; one that begins behind the last frame begins with it. Not used for what `All` and `First` say.
    Range(FrameRange),
}

/// Some frames of an animation, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
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

impl From<FrameRange> for Frames {
    fn from(range: FrameRange) -> Self {
        match range {
            FrameRange { first: 0, count: None } => Self::All,
            FrameRange::FIRST => Self::First,
            range => Self::Range(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_written_in_place() {
        let text = |source| serde_json::to_string(&Input { source, ..Input::new(Locator::key("a")) }).unwrap();
        assert!(text(Source::Object(Locator::key("a"))).starts_with(r#"{"locator":{"source":null,"key":"a"},"orie"#));
        assert!(text(Source::Colour(Colour::BLACK)).starts_with(r#"{"colour":"000000","orientation":"#));
        let expected = r#"{"locator":{"source":null,"key":"a"},"orientation":"apply","frames":"all","operations":[]}"#;
        assert_eq!(text(Source::Object(Locator::key("a"))), expected);
    }

    #[test]
    fn usual_ranges_have_one_name() {
        assert_eq!([FrameRange::default(), FrameRange::FIRST].map(Frames::from), [Frames::All, Frames::First]);
        let second = FrameRange { first: 1, ..FrameRange::FIRST };
        assert_eq!(Frames::from(second), Frames::Range(second));
    }
}
