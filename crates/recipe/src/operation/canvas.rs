use serde::Serialize;

use crate::{Colour, InputIndex};

/// A larger canvas behind the picture, which lies in its middle by whole pixels: (canvas − picture) div 2.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fill {
    /// How large the canvas is.
    pub canvas: FillCanvas,
    /// What is on it.
    pub backdrop: Backdrop,
    /// Whether the picture's own transparency shows the backdrop; otherwise its pixels, alpha included, replace it.
    pub blend: bool,
}

/// How large a canvas is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FillCanvas {
    /// The frame of the last [`crate::Reframe`] ([`crate::geometry::Reframed::frame`]), the picture where there was
    /// none; with these margins around it.
    Frame(Margins),
    /// The picture with these margins.
    Picture(Margins),
}

/// Pixels on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Margins {
    /// On the left.
    pub left: u32,
    /// Above.
    pub top: u32,
    /// On the right.
    pub right: u32,
    /// Below.
    pub bottom: u32,
}

/// What lies behind a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Backdrop {
    /// A colour.
    Colour(Colour),
    /// The picture's mean colour, each channel cut to a whole number.
    Mean,
    /// The picture itself, stretched over the canvas and blurred with a standard deviation of 50 pixels.
    Blurred,
    /// Nothing.
    Transparent,
}

/// A backdrop behind transparent pixels; the result has no transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Flatten {
    /// What shows through.
    pub backdrop: Backdrop,
}

/// Corners cut to quarters of ellipses, with smooth edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Corners {
    /// Horizontal radius in pixels, 1 or more, at most half the width.
    pub radius_x: u32,
    /// Vertical radius in pixels, 1 or more, at most half the height.
    pub radius_y: u32,
    /// What is outside; `None` is transparency.
    pub colour: Option<Colour>,
}

/// A picture whose first and last row and column mark, in black, which parts of it may be stretched; it is drawn around
/// the picture, which grows by the right and lower insets on white. Cells are scaled bilinearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NinePatch {
    /// The frame.
    pub input: InputIndex,
}
