use super::boosted::WINDOW;

/// Numbers for a place: horizontal and vertical gradients, each with its absolute value, apart for either sign of the other.
const CHANNELS: usize = 8;

/// Cells of a patch, each way.
const CELLS: usize = 2;

/// Numbers that describe a patch.
pub(super) const PATCH_VALUES: usize = CELLS * CELLS * CHANNELS;

/// Smallest side of a patch, and the distance of patches of the same size.
const PATCH_SIDE: usize = 16;

/// Aspect ratios of patches.
const RATIOS: [(usize, usize); 5] = [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2)];

/// Columns and rows of sums: one more than of samples, for what is left of and above all of them.
const SIDE: usize = WINDOW + 1;

/// A rectangle of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// All patches, in the order in which models count them: by aspect ratio, size, row and column.
pub(super) fn patches() -> Vec<Patch> {
    let mut patches = Vec::new();
    for (across, down) in RATIOS {
        for height in (PATCH_SIDE..=WINDOW).filter(|height| height % CELLS == 0 && height % down == 0) {
            let width = height / down * across;
            if width % CELLS != 0 || !(PATCH_SIDE..=WINDOW).contains(&width) {
                continue;
            }
            for y in (0..=WINDOW - height).step_by(PATCH_SIDE) {
                for x in (0..=WINDOW - width).step_by(PATCH_SIDE) {
                    patches.push(Patch { x, y, width, height });
                }
            }
        }
    }
    patches
}

/// Gradients of a window, summed up from its upper left corner to every place.
#[derive(Debug)]
pub(super) struct Gradients {
    sums: Vec<[i32; CHANNELS]>,
}

impl Gradients {
    pub(super) fn new() -> Self {
        Self { sums: vec![[0; CHANNELS]; SIDE * SIDE] }
    }

    /// Those of `window`.
    pub(super) fn take(&mut self, window: &[[u8; WINDOW]; WINDOW]) {
        let (mut right, mut down) = ([0; WINDOW], [0; WINDOW]);
        for y in 0..WINDOW {
            slopes(window, y, &mut right, &mut down);
            let (done, rest) = self.sums.split_at_mut((y + 1) * SIDE);
            let sums = rest[1..SIDE].iter_mut().zip(&done[y * SIDE + 1..]);
            let mut row = [0; CHANNELS];
            for ((sum, sum_above), (dx, dy)) in sums.zip(right.iter().zip(&down)) {
                // All bits of a negative number, none of another: no branch that a processor would have to guess.
                let (up, back) = (dy >> 31, dx >> 31);
                let (across, along) = (dx.abs(), dy.abs());
                let here =
                    [dx & !up, across & !up, dx & up, across & up, dy & !back, along & !back, dy & back, along & back];
                for (channel, sum) in sum.iter_mut().enumerate() {
                    row[channel] += here[channel];
                    *sum = sum_above[channel] + row[channel];
                }
            }
        }
    }

    /// What describes `patch`: the sums of its cells, row by row, as a vector of length 1; of zeros for a flat patch.
    pub(super) fn describe(&self, patch: &Patch) -> [f32; PATCH_VALUES] {
        let (width, height) = (patch.width / CELLS, patch.height / CELLS);
        let mut values = [0.0; PATCH_VALUES];
        for (cell, values) in values.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
            let (left, top) = (patch.x + cell % CELLS * width, patch.y + cell / CELLS * height);
            let sums = |x: usize, y: usize| self.sums[y * SIDE + x];
            let corners = [sums(left, top), sums(left + width, top), sums(left, top + height)];
            let last = sums(left + width, top + height);
            for (channel, value) in values.iter_mut().enumerate() {
                let [first, right, below] = corners.map(|corner| corner[channel]);
                *value = (last[channel] - right - below + first) as f32;
            }
        }
        let length = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt() as f32;
        if length > 0.0 {
            for value in &mut values {
                *value /= length;
            }
        }
        values
    }
}

/// How much brighter the right neighbour of each sample of row `y` is than the left one, and the lower than the upper. At
/// the edge there is one neighbour only, at half the distance.
fn slopes(window: &[[u8; WINDOW]; WINDOW], y: usize, right: &mut [i32; WINDOW], down: &mut [i32; WINDOW]) {
    let here = &window[y];
    for (slope, neighbours) in right[1..WINDOW - 1].iter_mut().zip(here.windows(3)) {
        *slope = i32::from(neighbours[2]) - i32::from(neighbours[0]);
    }
    right[0] = 2 * (i32::from(here[1]) - i32::from(here[0]));
    right[WINDOW - 1] = 2 * (i32::from(here[WINDOW - 1]) - i32::from(here[WINDOW - 2]));
    let (above, below) = (&window[y.saturating_sub(1)], &window[(y + 1).min(WINDOW - 1)]);
    let twice = if y == 0 || y == WINDOW - 1 { 2 } else { 1 };
    for (slope, (above, below)) in down.iter_mut().zip(above.iter().zip(below)) {
        *slope = twice * (i32::from(*below) - i32::from(*above));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_lie_in_the_window() {
        let patches = patches();
        assert!(patches.iter().all(|patch| patch.x + patch.width <= WINDOW && patch.y + patch.height <= WINDOW));
        assert_eq!(
            patches[..5].iter().map(|p| (p.x, p.y, p.width)).collect::<Vec<_>>(),
            [(0, 0, 16), (16, 0, 16), (0, 16, 16), (16, 16, 16), (0, 0, 18)]
        );
        assert!(patches.len() >= 54, "the model's largest number");
    }

    #[test]
    fn a_ramp_has_one_direction() {
        let mut window = [[0; WINDOW]; WINDOW];
        for row in &mut window {
            row.iter_mut().enumerate().for_each(|(x, sample)| *sample = 3 * x as u8);
        }
        let mut gradients = Gradients::new();
        gradients.take(&window);
        // Four cells alike, with half of each cell's squares in the value and half in its absolute value.
        let patch = Patch { x: 16, y: 0, width: 16, height: 32 };
        let value = 1.0 / 8.0_f32.sqrt();
        let expected: Vec<f32> = [value, value, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0].repeat(4);
        assert!(gradients.describe(&patch).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
        for row in &mut window {
            row.reverse();
        }
        gradients.take(&window);
        assert!((gradients.describe(&patch)[0] + value).abs() < 1e-6);
        gradients.take(&[[77; WINDOW]; WINDOW]);
        assert!(gradients.describe(&patch).iter().all(|value| *value == 0.0));
    }
}
