use std::time::{Duration, SystemTime};

use lightmill_recipe::{Locator, Recipe};

/// What a URL asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The object that the path names, in the mount's default source; an empty key for a picture that is not stored.
    pub locator: Locator,
    /// What should become of it.
    pub wish: Wish,
    /// What the URL says about the answer itself.
    pub directives: Directives,
    /// Names of query parameters that have no meaning in the dialect and were ignored, in their order; at most 16
    /// names of at most 64 visible ASCII characters, fit for the header `X-Lightmill-Ignored`.
    pub ignored: Vec<String>,
}

impl Request {
    /// A wish without anything beside it.
    pub fn new(locator: Locator, wish: Wish) -> Self {
        Self { locator, wish, directives: Directives::default(), ignored: Vec::new() }
    }

    /// The same, where these names were ignored.
    #[must_use]
    pub fn ignoring(self, ignored: Vec<String>) -> Self {
        Self { ignored, ..self }
    }
}

/// What should become of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// The stored bytes.
    Original,
    /// What the style of this name says; its text is looked up and read with [`crate::oss::parse_style`].
    Style {
        /// 1 to 63 letters, digits, `_`, `-` and `.`.
        name: String,
    },
    /// A picture, or text about one.
    Transform(Recipe),
    /// This text, which needs no object.
    Text {
        /// Its media type.
        content_type: &'static str,
        /// What is answered.
        body: String,
    },
}

/// What a URL says about its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directives {
    /// For how long caches may keep it.
    pub max_age: Option<Duration>,
    /// From then on there is no answer, and no cache keeps the last one.
    pub expires_at: Option<SystemTime>,
    /// It is a download, of this name if it is not empty.
    pub attachment: Option<String>,
    /// More headers of the answer; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Names of the request headers that took part, in lower case, where they are more than the mount's own.
    pub vary: Vec<String>,
    /// Whether stored bytes are given only if their source says that they are a picture.
    pub pictures_only: bool,
}
