use serde::Serialize;

/// Softer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blur {
    /// A Gaussian of standard deviation σ pixels, σ > 0: weights exp(−d²/2σ²).
    Gaussian {
        /// Standard deviation in pixels.
        sigma: f32,
    },
    /// A window of (2·radius + 1)² pixels with the weights exp(−d²/σ²), normalised.
    Window {
        /// Pixels on each side of the centre.
        radius: u32,
        /// σ in pixels.
        sigma: f32,
    },
}

/// Unsharp masking of lightness (L* of CIE Lab), as libvips' `sharpen`: the difference d between L* and its Gaussian
/// is multiplied by `flat` where |d| < 2 and by `jagged` beyond, bounded to +10 and −20.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sharpen {
    /// Standard deviation of the Gaussian in pixels, above 0.
    pub sigma: f32,
    /// Slope for small differences.
    pub flat: f32,
    /// Slope for large differences.
    pub jagged: f32,
}

/// `gain`·v + `offset` on each of red, green and blue (0 to 255), clamped. Alpha stays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Linear {
    /// Factor.
    pub gain: f32,
    /// Added after the factor, in steps of an 8-bit channel.
    pub offset: f32,
}
