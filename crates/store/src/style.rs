use std::time::SystemTime;

use async_trait::async_trait;

use crate::Error;

/// Texts by name, which a dialect reads as recipes.
#[async_trait]
pub trait Styles: Send + Sync + std::fmt::Debug {
    /// The style of this name, or `None` if there is none.
    async fn style(&self, name: &str) -> Result<Option<Style>, Error>;
}

/// A stored wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// In a dialect's words, e.g. `image/resize,w_100`.
    pub text: String,
    /// Changes whenever the text changes.
    pub version: String,
    /// When the text, or the file that holds it, was last written.
    pub modified: Option<SystemTime>,
}
