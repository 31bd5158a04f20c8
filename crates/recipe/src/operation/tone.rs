use serde::Serialize;

/// Colours stronger or weaker, around a grey of the same perceived brightness: with p = √(0.299·r² + 0.587·g² +
/// 0.114·b²), each channel becomes p + (c − p)·factor, cut to a whole number and clamped to 0 … 255. Alpha stays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Saturation {
    /// 1 changes nothing, 0 is grey.
    pub factor: f32,
}

/// Lightness and chroma multiplied and hue turned in CIE `LCh`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Modulate {
    /// Factor of lightness.
    pub lightness: f32,
    /// Factor of chroma.
    pub chroma: f32,
    /// Added to the hue, in degrees.
    pub hue: f32,
}
