use serde::Serialize;

use crate::Modulate;

/// `gain`·v on each channel, cut to whole numbers and clamped: three factors for red, green and blue, or four with alpha,
/// which the picture must then have. Any other number is an error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelLinear {
    /// Factors.
    pub gains: Vec<f64>,
}

/// Contrast: L* of CIE Lab is stretched linearly so that two percentiles of it become 0 and 100. Nothing happens where
/// they differ by 1 or less. Percentiles are whole numbers, found as libvips' `percent` does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Normalise {
    /// The percentile that becomes black, 0 to 99. Default 1.
    pub lower: f64,
    /// The percentile that becomes white, 1 to 100, above `lower`. Default 99.
    pub upper: f64,
}

/// Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994), by libvips' `hist_local`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Clahe {
    /// Columns of the window, 1 or more.
    pub width: u32,
    /// Rows of the window, 1 or more.
    pub height: u32,
    /// The steepest slope of the cumulative histogram, 0 (no limit) to 100. Default 3.
    pub max_slope: u32,
}

/// Each channel becomes a weighted sum of all; one row of weights for each result. Computed on encoded sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recomb {
    /// Red, green and blue; alpha stays.
    Rgb([[f64; 3]; 3]),
    /// Red, green, blue and alpha.
    Rgba([[f64; 4]; 4]),
}

/// L·`brightness` + `lightness`, C·`saturation` and h + `hue` in CIE `LCh`, in this order of channels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LchModulate {
    /// Factor of lightness, 0 or more. Default 1.
    pub brightness: f64,
    /// Factor of chroma, 0 or more. Default 1.
    pub saturation: f64,
    /// Added to the hue, in degrees. Default 0.
    pub hue: f64,
    /// Added to lightness, whose range is 0 to 100. Default 0.
    pub lightness: f64,
}

/// 255 − v on red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Negate {
    /// On alpha too. Default true.
    pub alpha: bool,
}

/// What [`crate::Operation::Modulate`] says.
impl From<Modulate> for LchModulate {
    fn from(Modulate { lightness, chroma, hue }: Modulate) -> Self {
        Self { brightness: lightness.into(), saturation: chroma.into(), hue: hue.into(), lightness: 0.0 }
    }
}
