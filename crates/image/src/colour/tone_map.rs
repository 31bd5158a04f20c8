//! High dynamic range to sRGB: the curve of BT.2390 from a display of 1000 cd/m² to reference white.

use crate::{Cancel, Error, Picture};

/// Luminance of reference white, cd/m² (ITU-R BT.2408, section 2).
const WHITE: f64 = 203.0;
/// Luminance that becomes the brightest white, cd/m²: what most pictures are graded for.
const PEAK: f64 = 1000.0;
/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 32;
/// Steps of the table that encodes for sRGB.
const STEPS: usize = 4096;

/// How samples stand for light (ITU-R BT.2100-2, tables 4 and 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    PerceptualQuantiser,
    HybridLogGamma,
}

/// Full-range grey, RGB or RGBA of `curve` and of the primaries of that code point (ITU-T H.273, table 2) as sRGB, at
/// the depth that the picture has.
///
/// The brightest channel of each pixel is mapped and the others are scaled with it, so that hues stay; colours outside
/// of sRGB are cut off at its edge. Samples of 8 bits are few for such curves: smooth gradients may show steps.
pub(super) fn tone_map(mut picture: Picture, curve: Curve, primaries: u8, cancel: &Cancel) -> Result<Picture, Error> {
    let wide = picture.layout().is_wide();
    let tables = Tables::new(curve, primaries, if wide { 65_535 } else { 255 });
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        if y % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        let row = picture.row_mut(y);
        if wide {
            let sample = u16::from_ne_bytes;
            map_row(row.as_chunks_mut().0, channels, |rgb| {
                tables.map(rgb.map(|v| sample(v).into())).map(|light| encode_wide(light).to_ne_bytes())
            });
        } else {
            map_row(row, channels, |rgb| tables.map(rgb.map(usize::from)).map(|light| tables.encode(light)));
        }
    }
    Ok(picture.with_icc(None))
}

/// Changes the colours of each pixel of so many channels, of which the fourth is alpha.
fn map_row<S: Copy>(row: &mut [S], channels: usize, map: impl Fn([S; 3]) -> [S; 3]) {
    for pixel in row.chunks_exact_mut(channels) {
        if let [r, g, b, ..] = pixel {
            [*r, *g, *b] = map([*r, *g, *b]);
        } else {
            [pixel[0], ..] = map([pixel[0]; 3]);
        }
    }
}

struct Tables {
    curve: Curve,
    /// Light of each sample: of the display in units of [`WHITE`], or of the scene for hybrid log-gamma.
    light: Vec<f32>,
    /// Scale for a brightest channel of light, in steps of [`PEAK`] / [`WHITE`] / `STEPS`.
    scale: Vec<f32>,
    /// sRGB of light from 0 to 1.
    encode: Vec<u8>,
    to_srgb: [[f32; 3]; 3],
    /// Shares of luminance.
    luminance: [f32; 3],
}

impl Tables {
    /// For samples from 0 to `most`.
    fn new(curve: Curve, primaries: u8, most: u16) -> Self {
        let light = (0..=most).map(|v| {
            let value = f64::from(v) / f64::from(most);
            match curve {
                Curve::PerceptualQuantiser => (perceptual_to_light(value) / WHITE) as f32,
                Curve::HybridLogGamma => hybrid_to_scene(value) as f32,
            }
        });
        let unit = PEAK / WHITE / STEPS as f64;
        let scale = (0..=STEPS).map(|step| {
            let light = (step as f64).max(0.5) * unit;
            (compress(light * WHITE) / WHITE / light) as f32
        });
        let encode = (0..=STEPS).map(|step| (linear_to_srgb(step as f32 / STEPS as f32) * 255.0).round() as u8);
        let (to_srgb, luminance) = match primaries {
            // BT.2020 (ITU-R BT.2087, section 4).
            9 => (
                [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
                [0.2627, 0.6780, 0.0593],
            ),
            // Display P3 and DCI-P3 with the white of D65 (SMPTE EG 432-1).
            11 | 12 => {
                ([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]], [0.2290, 0.6917, 0.0793])
            }
            _ => ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.2126, 0.7152, 0.0722]),
        };
        Self { curve, light: light.collect(), scale: scale.collect(), encode: encode.collect(), to_srgb, luminance }
    }

    /// Linear sRGB, 0 to 1 where it is inside of it, of a pixel.
    fn map(&self, pixel: [usize; 3]) -> [f32; 3] {
        let mut light = pixel.map(|v| self.light[v]);
        if self.curve == Curve::HybridLogGamma {
            // The system gamma of 1.2 for a display of 1000 cd/m² acts on luminance.
            let luminance: f32 = light.iter().zip(self.luminance).map(|(v, share)| v * share).sum();
            let factor = luminance.max(1e-6).powf(0.2) * (PEAK / WHITE) as f32;
            light = light.map(|v| v * factor);
        }
        let brightest = light[0].max(light[1]).max(light[2]);
        let step = brightest * (STEPS as f64 / (PEAK / WHITE)) as f32;
        let scale = self.scale[(step as usize).min(STEPS)];
        // Beyond the peak the table's last entry would be too much.
        let scale = if step > STEPS as f32 { 1.0 / brightest } else { scale };
        self.to_srgb.map(|row| row.iter().zip(light).map(|(factor, v)| factor * v * scale).sum())
    }

    fn encode(&self, light: f32) -> u8 {
        self.encode[((light * STEPS as f32 + 0.5) as usize).min(STEPS)]
    }
}

/// The sample of 16 bits for light: without a table, whose steps are made for 8.
fn encode_wide(light: f32) -> u16 {
    (linear_to_srgb(light.clamp(0.0, 1.0)) * 65_535.0).round() as u16
}

/// The sRGB value of light, both from 0 to 1 (IEC 61966-2-1).
fn linear_to_srgb(light: f32) -> f32 {
    if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

const M1: f64 = 2610.0 / 16384.0;
const M2: f64 = 2523.0 / 32.0;
const C1: f64 = 3424.0 / 4096.0;
const C2: f64 = 2413.0 / 128.0;
const C3: f64 = 2392.0 / 128.0;

/// cd/m² of a perceptually quantised value from 0 to 1.
fn perceptual_to_light(value: f64) -> f64 {
    let power = value.powf(1.0 / M2);
    10_000.0 * ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1)
}

/// The inverse of [`perceptual_to_light`].
fn light_to_perceptual(light: f64) -> f64 {
    let power = (light / 10_000.0).powf(M1);
    ((C1 + C2 * power) / (1.0 + C3 * power)).powf(M2)
}

/// Scene light, 0 to 1, of a hybrid log-gamma value from 0 to 1.
fn hybrid_to_scene(value: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    if value <= 0.5 { value * value / 3.0 } else { (((value - C) / A).exp() + B) / 12.0 }
}

/// cd/m² on a display of [`WHITE`] for cd/m² on one of [`PEAK`]: as they are up to a knee, then along a spline
/// (ITU-R BT.2390, section 5.4.1).
fn compress(light: f64) -> f64 {
    let peak = light_to_perceptual(PEAK);
    let (value, white) = ((light_to_perceptual(light) / peak).min(1.0), light_to_perceptual(WHITE) / peak);
    let knee = 1.5 * white - 0.5;
    if value < knee {
        return light;
    }
    let t = (value - knee) / (1.0 - knee);
    let (squared, cubed) = (t * t, t * t * t);
    let mapped = (2.0 * cubed - 3.0 * squared + 1.0) * knee
        + (cubed - 2.0 * squared + t) * (1.0 - knee)
        + (-2.0 * cubed + 3.0 * squared) * white;
    perceptual_to_light(mapped * peak)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Layout;

    fn mapped(curve: Curve, primaries: u8, pixel: [u8; 3]) -> [u8; 3] {
        let picture = Picture::interleaved(Size::new(1, 1), Layout::Rgb, pixel.to_vec()).unwrap();
        tone_map(picture, curve, primaries, &Cancel::default()).unwrap().row(0).try_into().unwrap()
    }

    #[test]
    fn the_quantiser_has_its_anchors() {
        // BT.2100-2 and BT.2408: 58 % is 203 cd/m², 75 % is 983.
        assert!((perceptual_to_light(0.58) - 203.0).abs() < 3.0);
        assert!((perceptual_to_light(0.75) - 983.0).abs() < 10.0);
        for light in [0.1, 1.0, 100.0, 5000.0] {
            assert!((perceptual_to_light(light_to_perceptual(light)) / light - 1.0).abs() < 1e-9);
        }
        assert!((hybrid_to_scene(1.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn light_is_compressed_towards_white_and_never_reversed() {
        assert!((compress(1.0) - 1.0).abs() < 1e-9);
        assert!((compress(PEAK) - WHITE).abs() < 0.01);
        let curve: Vec<f64> = (0..=1000).map(|light| compress(f64::from(light))).collect();
        assert!(curve.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn greys_stay_grey_and_grow_brighter() {
        for curve in [Curve::PerceptualQuantiser, Curve::HybridLogGamma] {
            for primaries in [1, 9, 12] {
                let mut last = 0;
                for value in 0..=255 {
                    let [r, g, b] = mapped(curve, primaries, [value; 3]);
                    assert!(r.abs_diff(g) <= 1 && b.abs_diff(g) <= 1, "{value}: {r} {g} {b}");
                    assert!(g >= last, "{value}");
                    last = g;
                }
                assert!(last >= 254, "{curve:?} {primaries}: white is {last}");
                assert_eq!(mapped(curve, primaries, [0; 3]), [0; 3]);
            }
        }
    }

    #[test]
    fn sixteen_bits_agree_with_eight() {
        for (curve, pixel) in [(Curve::PerceptualQuantiser, [90, 130, 60]), (Curve::HybridLogGamma, [200, 128, 90])] {
            let data = pixel.iter().flat_map(|v| (u16::from(*v) * 257).to_ne_bytes()).collect();
            let wide = Picture::interleaved(Size::new(1, 1), Layout::Rgb16, data).unwrap();
            let made = tone_map(wide, curve, 9, &Cancel::default()).unwrap();
            for (wide, narrow) in made.row(0).as_chunks::<2>().0.iter().zip(mapped(curve, 9, pixel)) {
                let wide = f64::from(u16::from_ne_bytes(*wide)) / 257.0;
                assert!((wide - f64::from(narrow)).abs() <= 1.0, "{wide} {narrow}");
            }
        }
    }

    #[test]
    fn middle_grey_is_where_it_is_in_sdr() {
        // 38 % of the quantiser is 26 cd/m² (BT.2408, section 2): 13 % of reference white, about 101 in sRGB.
        let [_, grey, _] = mapped(Curve::PerceptualQuantiser, 9, [97; 3]);
        assert!((95..=110).contains(&grey), "{grey}");
        let [red, green, _] = mapped(Curve::PerceptualQuantiser, 9, [120, 60, 60]);
        assert!(red > green + 60);
    }
}
