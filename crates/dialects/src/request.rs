use lightmill_recipe::{Locator, Recipe};

/// What a URL asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The object that the path names, in the mount's default source; an empty key for a picture that is not stored.
    pub locator: Locator,
    /// What should become of it.
    pub wish: Wish,
    /// Names of query parameters that have no meaning in the dialect and were ignored, in their order; at most 16
    /// names of at most 64 visible ASCII characters, fit for the header `X-Lightmill-Ignored`.
    pub ignored: Vec<String>,
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
}
