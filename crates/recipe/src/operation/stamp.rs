use serde::Serialize;

use crate::{Colour, Edge, InputIndex, Text};

/// A picture or text on top of the picture, whose size stays; what hangs over is cut.
/// Computed by [`crate::geometry::stamp_places`] and [`crate::geometry::mark_size`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stamp {
    /// What is drawn.
    pub mark: StampMark,
    /// Where, from left to right.
    pub x: Position,
    /// Where, from top to bottom.
    pub y: Position,
    /// How [`Position::Repeat`] spreads the copies.
    pub tiling: StampTiling,
    /// How strong it is.
    pub fade: Fade,
    /// How its colours meet those below.
    pub blend: Blend,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StampMark {
    /// Another input, after its own steps, scaled to this part of the picture.
    Image(InputIndex, MarkSize),
    /// A line of text.
    Text(Text),
    /// Text in several lines.
    Paragraph(Paragraph),
}

/// Size of a mark in percent of the picture; one side alone keeps the aspect ratio, both are a box to fit into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MarkSize {
    /// Percent of the width, 1 or more.
    pub width: Option<u32>,
    /// Percent of the height, 1 or more.
    pub height: Option<u32>,
}

/// Where a mark lies along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Pixels from the left or upper edge, negative ones outside.
    Start(i32),
    /// This is added to where the mark touches the right or lower edge: negative numbers are inside.
    End(i32),
    /// Percent of the side, rounded half to even after adding 10⁻⁵; negative ones count from the other end, as in `End`.
    Percent(i32),
    /// Part of the side, cut to a whole number; negative ones count from the other end, as in `End`.
    Part(f64),
    /// In the middle, cut to a whole number.
    Centre,
    /// Side by side over the whole axis.
    Repeat,
}

/// How copies of a mark are spread over an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StampTiling {
    /// As many as fit, the remainder shared between them; at most 6 on each axis where there would be over 100 in all
    /// (Thumbor).
    Spread,
    /// Without gaps, the last one cut (imagor).
    Adjoining,
}

/// How strong a mark is, in percent of transparency, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fade {
    /// Alpha less 255·percent / 100, at least 0 (Thumbor).
    Subtract(u8),
    /// Alpha times 1 − percent / 100 (imagor).
    Multiply(u8),
}

/// How colours of a mark meet those below (Compositing and Blending Level 1, chapters 9 and 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blend {
    /// On top.
    #[default]
    Normal,
    /// Product.
    Multiply,
    /// Darkens by the inverse.
    ColorBurn,
    /// The darker one.
    Darken,
    /// Inverse product.
    Screen,
    /// Brightens by the inverse.
    ColorDodge,
    /// The lighter one.
    Lighten,
    /// Sum.
    Add,
    /// Multiply or screen, by what is below.
    Overlay,
    /// Softly darker or lighter.
    SoftLight,
    /// Multiply or screen, by the mark.
    HardLight,
    /// Difference.
    Difference,
    /// Difference with less contrast.
    Exclusion,
    /// What is below, where the mark is.
    Mask,
    /// What is below, where the mark is not.
    MaskOut,
}

/// Text in several lines, possibly with Pango's markup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paragraph {
    /// What it says.
    pub content: String,
    /// Pango font description: `sans bold 20`.
    pub font: String,
    /// Colour of the glyphs.
    pub colour: Colour,
    /// Where lines break.
    pub width: Option<ParagraphWidth>,
    /// On which side lines end.
    pub alignment: LineAlignment,
    /// Whether lines are spread to the whole width.
    pub justify: bool,
    /// Between which characters lines break.
    pub wrap: Wrap,
    /// Pixels between lines.
    pub spacing: i32,
    /// Dots per inch.
    pub dpi: u32,
}

/// Width of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParagraphWidth {
    /// Pixels.
    Pixels(u32),
    /// Part of the picture's width.
    Part(f64),
    /// The picture's width less this many pixels.
    FullLess(u32),
}

/// On which side the lines of a paragraph end.
pub type LineAlignment = Edge;

/// Between which characters lines break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrap {
    /// Words.
    #[default]
    Word,
    /// Any characters.
    Char,
    /// Words, and characters where a word is too long.
    WordChar,
    /// None.
    None,
}
