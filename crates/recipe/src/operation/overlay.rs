use serde::Serialize;

use crate::{Colour, Gravity, InputIndex};

/// Something drawn on top of the picture, whose size stays.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlay {
    /// What is drawn.
    pub mark: Mark,
    /// Where it lies.
    pub gravity: Gravity,
    /// Pixels between the mark and the vertical edge that `gravity` names; of no effect in the middle.
    pub x: u32,
    /// Pixels between the mark and the horizontal edge that `gravity` names; of no effect in the middle.
    pub y: u32,
    /// Pixels downwards from the middle line; only where `gravity` is on it.
    pub vertical_offset: i32,
    /// Opacity of the whole mark in percent, 0 to 100.
    pub opacity: u8,
    /// Clockwise rotation of the mark in degrees, 0 to 359; the rotated box is what is placed.
    pub degrees: u16,
    /// The mark repeated over the whole picture, instead of placed once.
    pub tiling: Option<Tiling>,
    /// A mark larger than the picture is shrunk to fit; otherwise it is cut.
    pub shrink_to_fit: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Another input of the recipe, after its own operations.
    Image(InputIndex),
    /// A line of text.
    Text(Text),
    /// Both, side by side.
    ImageAndText {
        /// The picture.
        image: InputIndex,
        /// The text.
        text: Text,
        /// Which of them is on the left.
        order: MarkOrder,
        /// How the lower of the two lies beside the higher.
        alignment: Alignment,
        /// Pixels between them.
        interval: u32,
    },
}

/// Which part of a mark of picture and text is on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkOrder {
    /// The picture.
    ImageFirst,
    /// The text.
    TextFirst,
}

/// How two boxes of different height lie beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// Upper edges on one line.
    Top,
    /// Middles on one line.
    Middle,
    /// Lower edges on one line.
    Bottom,
}

/// One line of text, shaped with real fonts (ligatures, right-to-left scripts, fallback for missing glyphs).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Text {
    /// What it says; no control characters.
    pub content: String,
    /// The typeface's name in the dialect, mapped to installed fonts by the `image` crate's font table.
    pub typeface: String,
    /// Pixels of an em, 1 or more.
    pub size: u32,
    /// Colour of the glyphs.
    pub colour: Colour,
    /// A copy behind the text, two pixels to the lower right.
    pub shadow: Option<Shadow>,
}

/// The copy behind a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shadow {
    /// Its colour.
    pub colour: Colour,
    /// Its opacity in percent, 1 to 100.
    pub opacity: u8,
}

/// Gaps between the copies of a repeated mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tiling {
    /// Pixels between columns of marks.
    pub gap_x: u32,
    /// Pixels between rows of marks.
    pub gap_y: u32,
}
