//! Structural similarity of luma.

/// Columns and rows of the window.
const WINDOW: usize = 11;
/// Standard deviation of its weights, in pixels.
const SIGMA: f64 = 1.5;

/// Mean SSIM of two planes of 0 to 255 with rows of `width` (Wang, Bovik, Sheikh and Simoncelli 2004: Gaussian window of
/// 11×11, σ = 1.5, K1 = 0.01, K2 = 0.03), over all places where the window lies inside; `None` if there is none.
pub(super) fn ssim(a: &[f64], b: &[f64], width: usize) -> Option<f64> {
    let height = a.len() / width;
    if width < WINDOW || height < WINDOW {
        return None;
    }
    let blurred = |value: &dyn Fn(usize) -> f64| blur(&(0..a.len()).map(value).collect::<Vec<_>>(), width);
    let (mean_a, mean_b) = (blurred(&|i| a[i]), blurred(&|i| b[i]));
    let (square_a, square_b) = (blurred(&|i| a[i] * a[i]), blurred(&|i| b[i] * b[i]));
    let product = blurred(&|i| a[i] * b[i]);
    let (c1, c2) = ((0.01_f64 * 255.0).powi(2), (0.03_f64 * 255.0).powi(2));
    let at = |i: usize| {
        let (ma, mb) = (mean_a[i], mean_b[i]);
        let (va, vb, covariance) = (square_a[i] - ma * ma, square_b[i] - mb * mb, product[i] - ma * mb);
        ((2.0 * ma * mb + c1) * (2.0 * covariance + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    };
    Some((0..mean_a.len()).map(at).sum::<f64>() / mean_a.len() as f64)
}

/// Weighted means at all places where the window lies inside.
fn blur(plane: &[f64], width: usize) -> Vec<f64> {
    let middle = (WINDOW / 2) as f64;
    let raw: Vec<f64> = (0..WINDOW).map(|i| (-(i as f64 - middle).powi(2) / (2.0 * SIGMA * SIGMA)).exp()).collect();
    let total: f64 = raw.iter().sum();
    let weights: Vec<f64> = raw.iter().map(|weight| weight / total).collect();
    let across: Vec<f64> = plane
        .chunks_exact(width)
        .flat_map(|row| row.windows(WINDOW).map(|window| window.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>()))
        .collect();
    let columns = width - WINDOW + 1;
    let rows = across.len() / columns - WINDOW + 1;
    let down = |i: usize| weights.iter().enumerate().map(|(row, weight)| across[i + row * columns] * weight).sum();
    (0..rows * columns).map(down).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_planes_score_one_and_noise_less() {
        let plane: Vec<f64> = (0..400).map(|i| f64::from((i * 37) % 256)).collect();
        assert!((ssim(&plane, &plane, 20).unwrap() - 1.0).abs() < 1e-12);
        let shifted: Vec<f64> = plane.iter().rev().copied().collect();
        assert!(ssim(&plane, &shifted, 20).unwrap() < 0.5);
        assert_eq!(ssim(&plane, &plane, 10), None);
    }

    #[test]
    fn flat_planes_have_a_closed_form() {
        let (a, b) = (vec![100.0; 144], vec![110.0; 144]);
        let c1 = 6.5025;
        let expected = (2.0 * 100.0 * 110.0 + c1) / (100.0 * 100.0 + 110.0 * 110.0 + c1);
        assert!((ssim(&a, &b, 12).unwrap() - expected).abs() < 1e-9);
    }
}
