//! YCbCr of JFIF 1.02 (ITU-R BT.601, full range), a row at a time, in 14- and 15-bit integers.
//!
//! The factors fit 16 bits, so that the loops become multiplications of 16-bit lanes. Results are within 1 of the
//! formulas in real numbers.

/// 2¹⁴ in the units of [`to_rgb`]'s factors, halved for rounding.
const HALF: i32 = 1 << 13;

/// One row of YCbCr 4:4:4 as R, G and B planes of the same length.
pub fn to_rgb(luma: &[u8], blue: &[u8], red: &[u8], rgb: [&mut [u8]; 3]) {
    let [r, g, b] = rgb;
    let length = luma.len();
    let (blue, red) = (&blue[..length], &red[..length]);
    let (r, g, b) = (&mut r[..length], &mut g[..length], &mut b[..length]);
    for i in 0..length {
        let y = (i32::from(luma[i]) << 14) + HALF;
        let (cb, cr) = (i16::from(blue[i]) - 128, i16::from(red[i]) - 128);
        let (cb, cr) = (i32::from(cb), i32::from(cr));
        r[i] = ((y + 22970 * cr) >> 14).clamp(0, 255) as u8;
        g[i] = ((y - 5638 * cb - 11700 * cr) >> 14).clamp(0, 255) as u8;
        b[i] = ((y + 29032 * cb) >> 14).clamp(0, 255) as u8;
    }
}

/// One row of interleaved R, G and B (`CHANNELS` a pixel, what follows them is skipped) as Y', Cb and Cr.
pub fn from_rgb<const CHANNELS: usize>(pixels: &[u8], luma: &mut [u8], blue: &mut [u8], red: &mut [u8]) {
    let (pixels, _) = pixels.as_chunks::<CHANNELS>();
    for (((pixel, y), cb), cr) in pixels.iter().zip(luma).zip(blue).zip(red) {
        let [r, g, b] = [i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2])];
        *y = ((9798 * r + 19235 * g + 3735 * b + (1 << 14)) >> 15) as u8;
        // A whole 128 and a half are added; pure blue and pure red would round to 256.
        *cb = ((-5529 * r - 10855 * g + 16384 * b + (257 << 14)) >> 15).clamp(0, 255) as u8;
        *cr = ((16384 * r - 13720 * g - 2664 * b + (257 << 14)) >> 15).clamp(0, 255) as u8;
    }
}

/// The weighted sum of two chroma rows for a luma row nearer to `near`: 3·near + far, 0 to 1020.
pub fn blend_rows(near: &[u8], far: &[u8], sums: &mut [u16]) {
    for ((sum, near), far) in sums.iter_mut().zip(near).zip(far) {
        *sum = 3 * u16::from(*near) + u16::from(*far);
    }
}

/// Doubles a row that was summed by [`blend_rows`] by the triangle filter: each result is 3/4 of the nearer and 1/4 of
/// the further sample, as libjpeg's "fancy" up-sampling rounds it. `sums` has one more sample on either side.
pub fn double_sums(sums: &[u16], wide: &mut [u8]) {
    double(sums, wide, 4, [8, 7]);
}

/// Doubles a row of plain samples by the triangle filter. `samples` has one more sample on either side.
pub fn double_samples(samples: &[u16], wide: &mut [u8]) {
    double(samples, wide, 2, [1, 2]);
}

fn double(sums: &[u16], wide: &mut [u8], shift: u32, [left, right]: [u16; 2]) {
    let (pairs, rest) = wide.as_chunks_mut::<2>();
    for (pair, window) in pairs.iter_mut().zip(sums.windows(3)) {
        pair[0] = ((3 * window[1] + window[0] + left) >> shift) as u8;
        pair[1] = ((3 * window[1] + window[2] + right) >> shift) as u8;
    }
    if let [last] = rest {
        let from = pairs.len();
        *last = ((3 * sums[from + 1] + sums[from] + left) >> shift) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_rgb_is_within_one_of_jfif() {
        for y in (0..=255u8).step_by(3) {
            for cb in (0..=255u8).step_by(5) {
                let red: Vec<u8> = (0..=255).collect();
                let (mut r, mut g, mut b) = ([0; 256], [0; 256], [0; 256]);
                to_rgb(&[y; 256], &[cb; 256], &red, [&mut r, &mut g, &mut b]);
                for (i, cr) in red.iter().enumerate() {
                    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(*cr) - 128.0);
                    let exact = [y + 1.402 * cr, y - 0.344_136_286 * cb - 0.714_136_286 * cr, y + 1.772 * cb];
                    for (made, exact) in [r[i], g[i], b[i]].into_iter().zip(exact) {
                        let error = (f64::from(made) - exact.clamp(0.0, 255.0)).abs();
                        assert!(error < 0.51, "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn from_rgb_is_within_one_of_jfif() {
        for r in (0..=255u8).step_by(5) {
            for g in (0..=255u8).step_by(5) {
                let pixels: Vec<u8> = (0..=255).flat_map(|b| [r, g, b]).collect();
                let (mut y, mut cb, mut cr) = ([0; 256], [0; 256], [0; 256]);
                from_rgb::<3>(&pixels, &mut y, &mut cb, &mut cr);
                for i in 0..256 {
                    let (r, g, b) = (f64::from(r), f64::from(g), i as f64);
                    let exact = [
                        0.299 * r + 0.587 * g + 0.114 * b,
                        128.0 - 0.168_735_892 * r - 0.331_264_108 * g + 0.5 * b,
                        128.0 + 0.5 * r - 0.418_687_589 * g - 0.081_312_411 * b,
                    ];
                    for (made, exact) in [y[i], cb[i], cr[i]].into_iter().zip(exact) {
                        let error = (f64::from(made) - exact.min(255.0)).abs();
                        assert!(error < 0.52, "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn doubling_is_the_triangle_filter() {
        let mut wide = [0; 5];
        double_samples(&[10, 10, 20, 40, 40], &mut wide);
        assert_eq!(wide, [10, 13, 17, 25, 35]);
        let mut wide = [0; 6];
        double_sums(&[40, 40, 80, 160, 160], &mut wide);
        assert_eq!(wide, [10, 12, 18, 25, 35, 40]);
    }
}
