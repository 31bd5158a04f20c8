//! A URL of the language, as a value.
//!
//! * [`Url`]: every part, typed.
//! * [`Url::parse`] reads a path as on the wire, in time linear in its length; [`Url::to_path`] writes the canonical one.
//!
//! Thumbor's grammar is one regular expression that is matched against the undecoded path; each captured part is
//! percent-decoded afterwards. imagor's is a superset in which the filters are found by counting parentheses.

mod format;
mod image;
mod parse;
mod parts;
mod segments;

use lightmill_recipe::{Corner, Edge, Edges, Margins, Side};

pub use image::Image;
pub(super) use image::{decode_base64, encode_base64};
pub(super) use parse::signature;
pub(super) use parts::{is_option, is_signature, parent_less};

use super::Filter;

/// Bytes of a path. Longer ones are refused unread.
pub const MAX_LENGTH: usize = 8192;

/// Everything that a URL says.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in the URL")]
#[derive(Debug, Clone, PartialEq)]
pub struct Url {
    /// What stands in the place of the signature.
    pub security: Security,
    /// Only the parsed parameters are wanted, as JSON (imagor).
    pub params: bool,
    /// Focal regions are drawn and nothing is resized (Thumbor).
    pub debug: bool,
    /// JSON about the picture instead of the picture.
    pub meta: bool,
    /// A border is taken off.
    pub trim: Option<TrimWish>,
    /// A window of the picture.
    pub crop: Option<Edges>,
    /// The picture fits into the size.
    pub fit_in: Option<FitIn>,
    /// The aspect ratio is not kept (imagor).
    pub stretch: bool,
    /// Width and height.
    pub size: Option<Dimensions>,
    /// Around the picture, where a filter fills (imagor).
    pub padding: Option<Margins>,
    /// What is kept from left to right, where something is cut.
    pub column: Option<Edge>,
    /// What is kept from top to bottom.
    pub row: Option<Edge>,
    /// What matters in the picture is looked for.
    pub smart: bool,
    /// In the order written.
    pub filters: Vec<Filter>,
    /// The picture.
    pub image: Image,
}

/// What stands in the place of the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// Nothing.
    Missing,
    /// The word `unsafe`.
    Unsafe,
    /// A signature, percent-decoded in Thumbor. Whether it is right, [`super::signature`] knows.
    Signature(String),
}

/// `trim`, `trim:top-left`, `trim:bottom-right:20`. Thumbor reads the number of `trim:20` as a position, which means the
/// lower right corner and no tolerance; pages depend on the sizes that come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrimWish {
    /// Whose colour is the border's.
    pub reference: Corner,
    /// How far a colour may be from it.
    pub tolerance: u32,
}

/// `fit-in` with the words before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitIn {
    /// `adaptive-`: width and height change places if the picture lies the other way.
    pub adaptive: bool,
    /// `full-`: the picture covers the box.
    pub full: bool,
}

/// `300x-200`, `origx`, `-x`, and inside of another picture's filters `fxf-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dimensions {
    /// Columns.
    pub width: Side,
    /// Rows.
    pub height: Side,
    /// A minus before the width.
    pub flip_horizontal: bool,
    /// A minus before the height.
    pub flip_vertical: bool,
}

#[cfg(test)]
mod tests;
