//! What a URL means, as a recipe whose operations have the order of the reference server.
//!
//! Thumbor: trim and crop, focal regions, resize, flips, and then the filters in the order written; imagor the same,
//! after turning the picture.

mod draft;
mod frame;
mod nested;
mod video;

use lightmill_recipe::Recipe;

use crate::Directives;

pub(super) use draft::Draft;
pub use frame::lower;
pub(super) use frame::{corner, filter_trim};
pub(super) use video::{VideoWish, position, written};

/// What a URL means.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// The picture, the pictures laid on it, and how the result is encoded.
    pub recipe: Recipe,
    /// What is answered.
    pub answer: Answer,
    /// What is said about the answer.
    pub directives: Directives,
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

#[cfg(test)]
mod tests;
