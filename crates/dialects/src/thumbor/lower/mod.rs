//! What a URL means, as a recipe whose operations have the order of the reference server.
//!
//! Thumbor: trim and crop, focal regions, resize, flips, and then the filters in the order written; imagor the same,
//! after turning the picture.

mod draft;
mod frame;
mod nested;

use lightmill_recipe::Recipe;

pub(super) use draft::Draft;
pub use frame::lower;
pub(super) use frame::{corner, filter_trim};

/// What a URL means.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The picture, the pictures laid on it, and how the result is encoded.
    pub recipe: Recipe,
    /// What is answered.
    pub answer: Answer,
    /// What is said about the answer.
    pub response: Response,
    /// Names of the filters that had no effect, each once, in their order.
    pub ignored: Vec<String>,
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A picture.
    Picture,
    /// JSON about the picture and what is done to it.
    Meta(MetaExtras),
    /// The parsed parameters as JSON.
    Parameters,
    /// The stored bytes.
    Original,
}

/// What else [`Answer::Meta`] tells (imagor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MetaExtras {
    /// A `BlurHash` of so many components, 1 to 9 each.
    pub blurhash: Option<(i32, i32)>,
    /// A `ThumbHash`.
    pub thumbhash: bool,
    /// The mean colour.
    pub average_colour: bool,
}

/// What filters say about the answer itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// Seconds for which it may be kept.
    pub max_age_seconds: Option<u32>,
    /// The millisecond since 1970 from which on the URL is gone.
    pub expires_at_milliseconds: Option<u64>,
    /// It is a download, of this name if it is not empty.
    pub attachment: Option<String>,
}

#[cfg(test)]
mod tests;
