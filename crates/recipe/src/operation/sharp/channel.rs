use serde::Serialize;

/// A bitwise operation between the channels of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bandbool {
    /// Bits that are set in all.
    And,
    /// Bits that are set in any.
    Or,
    /// Bits that are set in an odd number of them.
    Eor,
}

/// A channel of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Channel 0.
    Red,
    /// Channel 1.
    Green,
    /// Channel 2.
    Blue,
    /// Channel 3; opaque pictures have none, which is an error.
    Alpha,
}

/// A colour space by libvips' name (`VipsInterpretation`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colourspace {
    /// sRGB of 8 bits.
    Srgb,
    /// Luma of 8 bits.
    BW,
    /// sRGB of 16 bits.
    Rgb16,
    /// Luma of 16 bits.
    Grey16,
    /// Linear light, as floating point numbers.
    ScRgb,
    /// CMYK by the default profile.
    Cmyk,
    /// CIE Lab.
    Lab,
    /// CIE XYZ.
    Xyz,
    /// CIE `LCh`.
    Lch,
    /// Hue, saturation, value.
    Hsv,
}
