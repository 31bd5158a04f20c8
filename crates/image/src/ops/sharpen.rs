use std::sync::LazyLock;

use lightmill_recipe::Size;
use lightmill_recipe::sharp::SharpSharpen;

use super::convolve::{Kernel, Rows, convolve};
use super::narrow;
use super::sharpen_luma::sharpen_luma;
use super::srgb::{LUMINANCE, TABLES};
use crate::{Cancel, Error, Layout, Picture};

/// libvips' bound on σ; larger ones count as this.
const MAX_SIGMA: f32 = 10.0;
/// Changes of L* that no 8-bit sample shows.
const INVISIBLE: f32 = 0.02;

/// Unsharp masking of L* (CIE 15, D65), as libvips' `sharpen`: a* and b* and alpha stay.
///
/// Neighbours count by their alpha, so that what is hidden leaves no halo. All layouts of 8 bits stay,
/// 16 bits become 8. Of YCbCr, luma is sharpened
/// as grey is and chroma stays, which moves colours almost as L* does. σ above 10 counts as 10.
pub fn sharpen(picture: Picture, wish: SharpSharpen, cancel: &Cancel) -> Result<Picture, Error> {
    let (sigma, sharpen) = (wish.sigma as f32, Change::from(wish));
    let mut picture = narrow(picture);
    let layout = picture.layout();
    if matches!(layout, Layout::Grey | Layout::YCbCr(_)) {
        let luma = &mut picture.planes_mut()[0];
        *luma = sharpen_luma(luma, &kernel(sigma), sharpen, cancel)?;
        return Ok(picture);
    }
    let Size { width, height } = picture.size();
    let channels = if layout.has_alpha() { 2 } else { 1 };
    let rows = Rows { width: width as usize, height: height as usize, channels };
    let original = picture.clone();
    let source = |y: usize, row: &mut [f32]| {
        let from = original.row(y as u32);
        match layout {
            Layout::Rgba => {
                for (to, [r, g, b, alpha]) in row.as_chunks_mut::<2>().0.iter_mut().zip(from.as_chunks::<4>().0) {
                    let alpha = f32::from(*alpha);
                    *to = [lightness([*r, *g, *b]) * alpha, alpha];
                }
            }
            _ => row.iter_mut().zip(from.as_chunks::<3>().0).for_each(|(to, rgb)| *to = lightness(*rgb)),
        }
    };
    let sink = |y: usize, soft: &[f32]| {
        let row = picture.row_mut(y as u32);
        match layout {
            Layout::Rgba => {
                for ([r, g, b, _], soft) in row.as_chunks_mut::<4>().0.iter_mut().zip(soft.as_chunks::<2>().0) {
                    if soft[1] > 0.0 {
                        [*r, *g, *b] = sharpened([*r, *g, *b], soft[0] / soft[1], sharpen);
                    }
                }
            }
            _ => {
                for (rgb, soft) in row.as_chunks_mut::<3>().0.iter_mut().zip(soft) {
                    *rgb = sharpened(*rgb, *soft, sharpen);
                }
            }
        }
    };
    convolve(rows, &kernel(sigma), cancel, source, sink)?;
    Ok(picture)
}

/// libvips' `gaussmat` as `sharpen` calls it: weights in twentieths, cut off below a tenth of the middle's.
fn kernel(sigma: f32) -> Kernel {
    let sigma = f64::from(sigma.clamp(0.01, MAX_SIGMA));
    let weight = |distance: u32| (-f64::from(distance).powi(2) / (2.0 * sigma * sigma)).exp();
    let half: Vec<f64> = (0..=64).map(weight).take_while(|weight| *weight >= 0.1).map(|w| (20.0 * w).round()).collect();
    Kernel::new(&half)
}

fn sharpened(rgb: [u8; 3], soft: f32, sharpen: Change) -> [u8; 3] {
    let lab = Lab::of(rgb);
    let change = sharpen.of(lab.lightness() - soft);
    let wished = (lab.lightness() + change).clamp(0.0, 100.0);
    let change = wished - lab.lightness();
    if change.abs() < INVISIBLE { rgb } else { lab.lighter(change) }
}

/// What a difference of L* from the surroundings is turned into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    /// Slope of small differences.
    flat: f32,
    /// Slope of large ones.
    jagged: f32,
    /// Where these begin.
    threshold: f32,
    /// How much lighter a pixel may become.
    lighter: f32,
    /// How much darker.
    darker: f32,
}

impl From<SharpSharpen> for Change {
    fn from(SharpSharpen { m1, m2, x1, y2, y3, .. }: SharpSharpen) -> Self {
        let [flat, jagged, threshold, lighter, darker] = [m1, m2, x1, y2, y3].map(|value| value as f32);
        Self { flat, jagged, threshold, lighter: lighter.max(0.0), darker: darker.max(0.0) }
    }
}

impl Change {
    /// Of so large a difference.
    pub(super) fn of(self, difference: f32) -> f32 {
        let steep = difference.abs() - self.threshold;
        let size =
            if steep < 0.0 { difference.abs() * self.flat } else { self.threshold * self.flat + steep * self.jagged };
        size.copysign(difference).clamp(-self.darker, self.lighter)
    }
}

/// The values f(X/Xn), f(Y/Yn), f(Z/Zn) of CIE Lab: L* moves all three alike, a* and b* are their differences.
#[derive(Debug, Clone, Copy)]
struct Lab([f32; 3]);

/// Linear sRGB to X/Xn, Y/Yn, Z/Zn: the matrix of IEC 61966-2-1 with each row divided by its sum, the white point.
const TO_XYZ: [[f32; 3]; 3] = [[0.433_877, 0.376_223, 0.189_900], LUMINANCE, [0.017_723, 0.109_458, 0.872_819]];

/// The inverse of [`TO_XYZ`].
const FROM_XYZ: [[f32; 3]; 3] =
    [[3.080_215, -1.537_208, -0.543_007], [-0.920_969, 1.875_756, 0.045_213], [0.052_952, -0.204_021, 1.151_069]];

/// Steps of light that [`CUBE_ROOTS`] tells apart.
const STEPS: usize = 1 << 14;

/// f of CIE Lab for light from 0 to 1.
static CUBE_ROOTS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let root =
        |light: f64| if light > 216.0 / 24389.0 { light.cbrt() } else { (24389.0 / 27.0 * light + 16.0) / 116.0 };
    (0..=STEPS).map(|step| root(step as f64 / STEPS as f64) as f32).collect()
});

/// L* of a colour, 0 to 100.
pub(super) fn lightness(rgb: [u8; 3]) -> f32 {
    let light: f32 = rgb.iter().zip(LUMINANCE).map(|(sample, weight)| TABLES.linear(*sample) * weight).sum();
    116.0 * CUBE_ROOTS[((light * STEPS as f32 + 0.5) as usize).min(STEPS)] - 16.0
}

impl Lab {
    fn of(rgb: [u8; 3]) -> Self {
        let [r, g, b] = rgb.map(|sample| TABLES.linear(sample));
        Self(TO_XYZ.map(|row| {
            let light = row[0] * r + row[1] * g + row[2] * b;
            CUBE_ROOTS[((light * STEPS as f32 + 0.5) as usize).min(STEPS)]
        }))
    }

    /// L*, 0 to 100.
    fn lightness(self) -> f32 {
        116.0 * self.0[1] - 16.0
    }

    /// The sRGB colour whose L* is higher by `change`, clamped.
    fn lighter(self, change: f32) -> [u8; 3] {
        let light = self.0.map(|root| {
            let root = root + change / 116.0;
            if root > 6.0 / 29.0 { root * root * root } else { (116.0 * root - 16.0) * (27.0 / 24389.0) }
        });
        FROM_XYZ.map(|row| TABLES.encode(row[0] * light[0] + row[1] * light[1] + row[2] * light[2]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::convert;
    use super::*;
    use crate::Subsampling;

    const WISH: SharpSharpen = SharpSharpen { sigma: 1.0, m1: 0.5, m2: 1.0, x1: 2.0, y2: 10.0, y3: 20.0 };

    /// sRGB to L*, a*, b* in real numbers (IEC 61966-2-1, CIE 15).
    fn lab(rgb: [u8; 3]) -> [f64; 3] {
        let [r, g, b] = rgb.map(|sample| {
            let value = f64::from(sample) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let f = |light: f64| if light > 0.008_856 { light.cbrt() } else { 7.787_037 * light + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn only_lightness_moves() {
        for rgb in [[120, 80, 60], [30, 90, 160], [200, 200, 200], [15, 12, 20], [90, 140, 70]] {
            let before = lab(rgb);
            assert!((f64::from(Lab::of(rgb).lightness()) - before[0]).abs() < 0.1);
            for change in [-8.0f32, -2.0, 3.0, 9.0] {
                let after = lab(Lab::of(rgb).lighter(change));
                let made = after[0] - before[0];
                // One step of an 8-bit sample is up to half a unit of L* and more of a* and b* in the dark.
                assert!((made - f64::from(change).max(-before[0])).abs() < 0.8, "{rgb:?} {change}: {made}");
                if before[0] + f64::from(change) > 10.0 {
                    assert!(
                        (after[1] - before[1]).abs() < 2.0 && (after[2] - before[2]).abs() < 2.0,
                        "{rgb:?} {change}"
                    );
                }
            }
        }
    }

    #[test]
    fn change_has_the_slopes_and_bounds_of_libvips() {
        for (difference, expected) in
            [(0.0, 0.0), (1.0, 0.5), (-1.0, -0.5), (2.0, 1.0), (6.0, 5.0), (-6.0, -5.0), (50.0, 10.0), (-50.0, -20.0)]
        {
            assert!((Change::from(WISH).of(difference) - expected).abs() < 1e-5, "{difference}");
        }
        let bounded = Change::from(SharpSharpen { x1: 5.0, y2: 3.0, y3: 4.0, ..WISH });
        for (difference, expected) in [(4.0, 2.0), (50.0, 3.0), (-50.0, -4.0)] {
            assert!((bounded.of(difference) - expected).abs() < 1e-5, "{difference}");
        }
    }

    #[test]
    fn edges_gain_contrast_and_flat_parts_stay() {
        let row: Vec<u8> = [[100u8; 3].repeat(8), [160u8; 3].repeat(8)].concat();
        let picture = Picture::interleaved(Size::new(16, 4), Layout::Rgb, row.repeat(4)).unwrap();
        let made = sharpen(picture.clone(), WISH, &Cancel::default()).unwrap();
        let made = made.row(2);
        assert_eq!((&made[..9], &made[39..]), (&[100u8; 9][..], &[160u8; 9][..]));
        // The kernel of σ 1 is 3 12 20 12 3; the nearest pixels differ by 15/50 of the edge's L*.
        let edge = lab([160; 3])[0] - lab([100; 3])[0];
        let difference = edge * 15.0 / 50.0;
        let expected = lab([100; 3])[0] - (1.0 + difference - 2.0);
        assert!((lab([made[21], made[22], made[23]])[0] - expected).abs() < 0.4, "{} {expected}", made[21]);
        assert!(made[24] > 165);
    }

    #[test]
    fn planes_agree_with_rgb() {
        let size = Size::new(64, 40);
        let mut rgb = Picture::blank(size, Layout::Rgb);
        for y in 0..size.height {
            for (x, pixel) in rgb.row_mut(y).as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let wave = |period: f32, middle: f32| (middle + 40.0 * ((x as f32 + y as f32) / period).sin()) as u8;
                *pixel = [wave(2.0, 140.0), wave(2.2, 120.0), wave(2.5, 90.0)];
            }
        }
        let planes = convert(rgb.clone(), Layout::YCbCr(Subsampling::S444)).unwrap();
        let made = sharpen(planes, WISH, &Cancel::default()).unwrap();
        assert_eq!(made.layout(), Layout::YCbCr(Subsampling::S444));
        let made = convert(made, Layout::Rgb).unwrap();
        let exact = sharpen(rgb, WISH, &Cancel::default()).unwrap();
        for (made, exact) in made.planes()[0].data.iter().zip(&exact.planes()[0].data) {
            assert!(made.abs_diff(*exact) <= 6, "{made} {exact}");
        }
    }

    #[test]
    fn grey_equals_its_rgb_and_alpha_stays() {
        let grey: Vec<u8> = (0..200u32).map(|i| (i * i % 251) as u8).collect();
        let grey = Picture::interleaved(Size::new(20, 10), Layout::Grey, grey).unwrap();
        let rgb = convert(grey.clone(), Layout::Rgb).unwrap();
        let sharp = sharpen(grey.clone(), WISH, &Cancel::default()).unwrap();
        let rgb = sharpen(rgb, WISH, &Cancel::default()).unwrap();
        assert!(convert(sharp, Layout::Rgb).unwrap().row(5).iter().zip(rgb.row(5)).all(|(a, b)| a.abs_diff(*b) <= 1));

        let mut half = Picture::solid(Size::new(12, 3), [255, 255, 255, 0]);
        for y in 0..3 {
            half.row_mut(y)[..24].copy_from_slice(&[40, 90, 40, 255].repeat(6));
        }
        assert_eq!(sharpen(half.clone(), WISH, &Cancel::default()).unwrap(), half, "no halo around what is visible");
    }
}
