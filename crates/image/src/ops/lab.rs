//! CIE Lab (CIE 15, D65) of sRGB.

use super::srgb::TABLES;

/// CIE XYZ of linear sRGB (IEC 61966-2-1), as parts of the white point's.
const TO_XYZ: [[f32; 3]; 3] =
    [[0.433_949, 0.376_209, 0.189_842], [0.212_6, 0.715_2, 0.072_2], [0.017_737, 0.109_472, 0.872_791]];
/// Its inverse.
const TO_RGB: [[f32; 3]; 3] =
    [[3.080_093, -1.537_138, -0.542_939], [-0.920_984, 1.876_011, 0.045_216], [0.052_920, -0.204_066, 1.151_146]];
/// (6/29)³ of CIE 15, below which lightness is linear.
const EDGE: f32 = 216.0 / 24_389.0;

/// X, Y, Z of a colour as parts of the white point's.
pub(super) fn xyz(rgb: [u8; 3]) -> [f32; 3] {
    product(&TO_XYZ, rgb.map(|sample| TABLES.linear(sample)))
}

/// L* (0 to 100), a* and b* of a colour.
pub(super) fn lab(rgb: [u8; 3]) -> [f32; 3] {
    let root = |part: f32| if part > EDGE { part.cbrt() } else { part * (841.0 / 108.0) + 4.0 / 29.0 };
    let [x, y, z] = xyz(rgb).map(root);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The colour of L*, a* and b*; those that sRGB does not hold are clamped.
pub(super) fn colour([lightness, a, b]: [f32; 3]) -> [u8; 3] {
    let y = (lightness + 16.0) / 116.0;
    let xyz = [y + a / 500.0, y, y - b / 200.0]
        .map(|part| if part > 6.0 / 29.0 { part * part * part } else { (part - 4.0 / 29.0) * (108.0 / 841.0) });
    product(&TO_RGB, xyz).map(|part| TABLES.encode(part.clamp(0.0, 1.0)))
}

fn product(matrix: &[[f32; 3]; 3], [a, b, c]: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|row: usize| matrix[row][0] * a + matrix[row][1] * b + matrix[row][2] * c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_is_that_of_the_standard() {
        let [lightness, a, b] = lab([255, 0, 0]);
        assert!((lightness - 53.24).abs() < 0.02 && (a - 80.09).abs() < 0.1 && (b - 67.20).abs() < 0.1);
    }

    #[test]
    fn colours_come_back() {
        for rgb in [[0, 0, 0], [255, 255, 255], [200, 30, 90], [1, 2, 3], [0, 255, 0], [12, 0, 255]] {
            assert_eq!(colour(lab(rgb)), rgb);
        }
    }
}
