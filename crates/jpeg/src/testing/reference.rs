use std::f64::consts::{PI, SQRT_2};

use super::Picture;
use crate::{Decoded, Plane};

/// Compares planes with the inverse DCT of the formula in [`crate::reconstruct`], in double precision.
pub fn check(picture: &Picture, decoded: &Decoded, n: usize, what: &str) {
    assert_eq!(decoded.damage, None, "{what}");
    assert_eq!(decoded.planes.len(), picture.components.len(), "{what}");
    let weights: Vec<Vec<f64>> = (0..n)
        .map(|x| {
            let angle = |u: usize| ((2 * x + 1) * u) as f64 * PI / (2 * n) as f64;
            (0..n).map(|u| angle(u).cos() * if u == 0 { 1.0 } else { SQRT_2 }).collect()
        })
        .collect();
    // Half a level for rounding, and what rounding between the passes does: whole blocks have 2 bits there, others 3.
    let tolerance = if n == 8 { 0.65 } else { 0.6 };
    for (index, plane) in decoded.planes.iter().enumerate() {
        let component = &picture.components[index];
        let steps = &picture.steps[component.table];
        assert_eq!(plane.data.len(), plane.stride * plane.height as usize, "{what}");
        for y in 0..plane.height as usize {
            for x in 0..plane.width as usize {
                let (column, row) = (x + plane.x as usize, y + plane.y as usize);
                let block = &component.blocks[row / n * component.across + column / n];
                let mut sum = 0.0;
                for k in 0..64 {
                    let natural = usize::from(crate::zigzag::NATURAL[k]);
                    let (v, u) = (natural / 8, natural % 8);
                    if u < n && v < n {
                        let value = f64::from(block[k]) * f64::from(steps[k]);
                        sum += value * weights[column % n][u] * weights[row % n][v];
                    }
                }
                let exact = (128.0 + sum / 8.0).clamp(0.0, 255.0);
                let made = f64::from(plane.data[y * plane.stride + x]);
                assert!(
                    (made - exact).abs() <= tolerance,
                    "{what}: component {index} at {x}, {y}: {made}, not {exact}"
                );
            }
        }
    }
}

/// The part of a whole plane that `part` covers.
pub fn same_samples(whole: &Plane, part: &Plane) -> bool {
    (0..part.height as usize).all(|y| {
        let own = &part.data[y * part.stride..][..part.width as usize];
        let start = (y + part.y as usize) * whole.stride + part.x as usize;
        own == &whole.data[start..][..part.width as usize]
    })
}
