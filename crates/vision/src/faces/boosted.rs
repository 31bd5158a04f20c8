use super::codes::Codes;
use super::plane::Plane;

/// Codes that are looked at between two decisions.
const GROUP: usize = 10;

/// Side of the window, in pixels.
pub(super) const WINDOW: usize = 40;

/// A window whose samples differ less than this from their mean (standard deviation) has nothing in it.
const LEAST_DEVIATION: f64 = 10.0;

/// A sum of weights, one for each of some codes of a window, that has to stay above a bound all the way.
#[derive(Debug)]
pub(super) struct Boosted {
    /// Column and row of each code in the window.
    pub(super) places: Vec<(usize, usize)>,
    /// For each code, the weight of every value.
    pub(super) weights: Vec<[f32; 256]>,
    /// For each group of [`GROUP`] codes, the least sum.
    pub(super) bounds: Vec<f32>,
}

impl Boosted {
    /// From what a model states: `bounds` has one for each code, of which those at the end of a group count.
    pub(super) fn new(places: Vec<(usize, usize)>, weights: Vec<[f32; 256]>, bounds: &[f32]) -> Self {
        let bounds = bounds.iter().skip(GROUP - 1).step_by(GROUP).copied().collect();
        Self { places, weights, bounds }
    }

    /// Where in [`Codes::data`] the codes of a window lie, from its upper left one.
    pub(super) fn offsets(&self, codes: &Codes) -> Vec<usize> {
        self.places.iter().map(|(x, y)| y * codes.width + x).collect()
    }

    /// The sum for the window whose codes begin with `codes`; `None` where it is no face.
    pub(super) fn score(&self, codes: &[u8], offsets: &[usize]) -> Option<f32> {
        let mut sum = 0.0;
        let groups = offsets.chunks_exact(GROUP).zip(self.weights.chunks_exact(GROUP));
        for ((offsets, weights), bound) in groups.zip(&self.bounds) {
            for (offset, weights) in offsets.iter().zip(weights) {
                sum += weights[usize::from(codes[*offset])];
            }
            if sum < *bound {
                return None;
            }
        }
        Some(sum)
    }
}

/// Whether there is anything in the window of `plane` at (`x`, `y`).
pub(super) fn has_contrast(plane: &Plane, x: usize, y: usize) -> bool {
    let (mut sum, mut squares) = (0_u32, 0_u32);
    for row in y..y + WINDOW {
        for sample in &plane.row(row)[x..x + WINDOW] {
            sum += u32::from(*sample);
            squares += u32::from(*sample) * u32::from(*sample);
        }
    }
    let pixels = (WINDOW * WINDOW) as f64;
    let mean = f64::from(sum) / pixels;
    f64::from(squares) / pixels - mean * mean > LEAST_DEVIATION * LEAST_DEVIATION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_falls_below_a_bound_is_no_face() {
        let weights = |first: f32| {
            let mut weights = [0.1; 256];
            weights[1] = first;
            weights
        };
        let boosted = |first| {
            let places = (0..20).map(|x| (x, 0)).collect();
            Boosted::new(places, vec![weights(first); 20], &[0.5; 20])
        };
        let mut codes = Codes { width: 20, data: vec![0; 20] };
        let score = |first, codes: &Codes| {
            let boosted = boosted(first);
            boosted.score(&codes.data, &boosted.offsets(codes))
        };
        assert!((score(-1.0, &codes).unwrap() - 2.0).abs() < 1e-5);
        codes.data[3] = 1;
        assert_eq!(score(-1.0, &codes), None);
        assert!((score(0.3, &codes).unwrap() - 2.2).abs() < 1e-5);
    }

    #[test]
    fn a_flat_window_has_no_contrast() {
        let mut plane = Plane { width: 50, height: 45, data: vec![128; 50 * 45] };
        assert!(!has_contrast(&plane, 10, 5));
        plane.data[15 * 50..30 * 50].fill(90);
        assert!(has_contrast(&plane, 10, 5));
        plane.data.iter_mut().skip(1).step_by(2).for_each(|sample| *sample = 128);
        plane.data.iter_mut().step_by(2).for_each(|sample| *sample = 138);
        assert!(!has_contrast(&plane, 0, 0));
    }
}
