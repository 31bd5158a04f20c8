//! The transfer function of sRGB (IEC 61966-2-1) as tables.

use std::sync::LazyLock;

use lightmill_resample::Curve;

/// Luminance of linear red, green and blue (IEC 61966-2-1, from ITU-R BT.709).
pub const LUMINANCE: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// Steps of linear light that [`Tables::encode`] tells apart: fine enough that a value is off by less than 0.2 of an
/// 8-bit step where the curve is steepest.
const STEPS: usize = 1 << 14;

/// Both directions of the transfer function.
pub struct Tables {
    linear: [f32; 256],
    encoded: Vec<u8>,
}

/// Made on first use.
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    linear: std::array::from_fn(|value| to_linear(value as f64 / 255.0) as f32),
    encoded: (0..=STEPS).map(|step| (from_linear(step as f64 / STEPS as f64) * 255.0).round() as u8).collect(),
});

impl Tables {
    /// Linear light, 0 to 1, of a sample.
    pub fn linear(&self, sample: u8) -> f32 {
        self.linear[usize::from(sample)]
    }

    /// The same tables as the resampler takes them.
    pub fn curve(&self) -> Curve<'_> {
        Curve { linear: &self.linear, encoded: &self.encoded }
    }

    /// The sample nearest to linear light `value`, which is clamped to 0 to 1.
    pub fn encode(&self, value: f32) -> u8 {
        // A float cast saturates below.
        let step = (value * STEPS as f32 + 0.5) as usize;
        self.encoded[step.min(STEPS)]
    }
}

fn to_linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn from_linear(value: f64) -> f64 {
    if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_back() {
        for sample in 0..=255 {
            assert_eq!(TABLES.encode(TABLES.linear(sample)), sample);
        }
        assert_eq!((TABLES.encode(-1.0), TABLES.encode(7.0), TABLES.encode(f32::NAN)), (0, 255, 0));
    }
}
