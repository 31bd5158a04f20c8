use serde::Serialize;

use crate::Sharpen;

/// Any kernel: each sum is divided by `scale`, and `offset` is added. Edges are repeated, results are cut to whole numbers
/// and clamped. Of transparent pictures colours are multiplied by alpha, which takes part like them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SharpConvolution {
    /// Columns, 3 to 1001.
    pub width: u32,
    /// Rows, 3 to 1001.
    pub height: u32,
    /// Weights, row by row: `width`·`height` of them.
    pub weights: Vec<f64>,
    /// Divisor, not 0. Default: the sum of the weights, or 1 where that is 0.
    pub scale: f64,
    /// Added after the division, in steps of an 8-bit channel. Default 0.
    pub offset: f64,
}

/// Unsharp masking of lightness (L* of CIE Lab), libvips' `sharpen` with all parameters: the difference between L* and
/// its Gaussian is multiplied by `m1` where it is below `x1` and by `m2` beyond, bounded to +`y2` and −`y3`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SharpSharpen {
    /// Standard deviation of the Gaussian in pixels, 0.000001 to 10.
    pub sigma: f64,
    /// Slope for small differences, 0 to 1 000 000. Default 1.
    pub m1: f64,
    /// Slope for large differences, 0 to 1 000 000. Default 2.
    pub m2: f64,
    /// Where large differences begin, 0 to 1 000 000. Default 2.
    pub x1: f64,
    /// Most brightening, 0 to 1 000 000. Default 10.
    pub y2: f64,
    /// Most darkening, 0 to 1 000 000. Default 20.
    pub y3: f64,
}

/// What [`crate::Operation::Sharpen`] says, with the other parameters that libvips takes by itself.
impl From<Sharpen> for SharpSharpen {
    fn from(Sharpen { sigma, flat, jagged }: Sharpen) -> Self {
        Self { sigma: sigma.into(), m1: flat.into(), m2: jagged.into(), x1: 2.0, y2: 10.0, y3: 20.0 }
    }
}
