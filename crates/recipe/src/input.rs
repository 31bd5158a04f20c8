use serde::Serialize;

use crate::Operation;

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

/// Position of an input in [`crate::Recipe::inputs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct InputIndex(pub usize);

/// One picture that goes into a result, and what is done to it first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Input {
    /// Where its bytes are.
    pub locator: Locator,
    /// Whether EXIF orientation is applied before the first operation.
    pub orientation: Orientation,
    /// Which frames of an animation are read.
    pub frames: Frames,
    /// What is done to it, strictly in this order.
    pub operations: Vec<Operation>,
}

impl Input {
    /// The object at `locator`, upright, with all frames, untouched.
    pub fn new(locator: Locator) -> Self {
        Self { locator, orientation: Orientation::Apply, frames: Frames::All, operations: Vec::new() }
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
}
