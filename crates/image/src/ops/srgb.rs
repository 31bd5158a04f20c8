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

/// Steps of the square root of linear light that [`WideTables::encode`] mixes between; the square root spreads the dark
/// end, where the curve is steepest, so that the error stays below half a 16-bit step.
const WIDE_STEPS: usize = 1 << 14;

/// Both directions of the transfer function for samples of 16 bits.
pub struct WideTables {
    linear: Vec<f32>,
    encoded: Vec<f32>,
}

/// Made on first use: 320 kB.
pub static WIDE_TABLES: LazyLock<WideTables> = LazyLock::new(|| WideTables {
    linear: (0..=u16::MAX).map(|value| to_linear(f64::from(value) / 65_535.0) as f32).collect(),
    encoded: (0..=WIDE_STEPS + 1)
        .map(|step| (from_linear((step as f64 / WIDE_STEPS as f64).powi(2)) * 65_535.0) as f32)
        .collect(),
});

impl WideTables {
    /// Linear light, 0 to 1, of a sample.
    pub fn linear(&self, sample: u16) -> f32 {
        self.linear[usize::from(sample)]
    }

    /// The sample nearest to linear light `value`, which is clamped to 0 to 1.
    pub fn encode(&self, value: f32) -> u16 {
        let place = value.clamp(0.0, 1.0).sqrt() * WIDE_STEPS as f32;
        // A float cast makes NaN 0.
        let step = (place as usize).min(WIDE_STEPS);
        let (below, above) = (self.encoded[step], self.encoded[step + 1]);
        (below + (above - below) * (place - step as f32) + 0.5) as u16
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

    #[test]
    fn every_wide_sample_comes_back() {
        for sample in 0..=u16::MAX {
            assert!(WIDE_TABLES.encode(WIDE_TABLES.linear(sample)).abs_diff(sample) <= 1, "{sample}");
        }
        assert_eq!((WIDE_TABLES.encode(-1.0), WIDE_TABLES.encode(7.0), WIDE_TABLES.encode(f32::NAN)), (0, 65_535, 0));
    }
}
