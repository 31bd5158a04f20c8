use serde::Serialize;

use crate::Colour;

/// Crisper: five levels of an à-trous decomposition in single precision. At level i the low part is
/// (2·x(n) + x(n − 2ⁱ) + x(n + 2ⁱ)) / 4, rows and then columns, with mirrored edges; what it takes away, times
/// 1 + amount·exp(−(i − radius)² / 1.5), is added up with the last low part, clamped and cut to whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WaveletSharpen {
    /// Strength.
    pub amount: f32,
    /// The level that is strengthened most.
    pub radius: f32,
    /// Only Y of Y'CbCr (0.299, 0.587, 0.114) instead of red, green and blue each.
    pub luminance_only: bool,
}

/// The same random number for red, green and blue of a pixel: value mod amount − amount / 2, row by row, with glibc's
/// `random()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Noise {
    /// Width of the range, 1 or more.
    pub amount: u32,
    /// Start of the sequence; 0 is any.
    pub seed: u32,
}

/// Any kernel with an odd number of rows and columns. Edges are repeated, sums are cut to whole numbers and clamped,
/// alpha takes part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Convolution {
    /// Weights, row by row.
    pub weights: Vec<f32>,
    /// Weights of a row.
    pub columns: u32,
    /// Whether sums are divided by the sum of the weights, if that is not 0.
    pub normalize: bool,
}

/// What an analyser found is made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Redact {
    /// Which pixels of a region.
    pub shape: RedactShape,
    /// What becomes of them.
    pub with: RedactWith,
}

/// Which pixels of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedactShape {
    /// All.
    Rectangle,
    /// The ellipse that touches its four sides.
    Oval,
}

/// What becomes of pixels that are made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedactWith {
    /// A Gaussian of this standard deviation in pixels.
    Blur(f32),
    /// Squares of this many pixels.
    Pixelate(u32),
    /// One colour.
    Colour(Colour),
}

/// How what was found is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectionMark {
    /// Outlines of the regions that decide where a picture is cut (Thumbor's `debug`).
    FocalRegions,
    /// Outlines of everything that was found (imagor).
    Detections,
}
