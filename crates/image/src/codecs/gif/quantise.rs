use super::palette::{COLOURS, Palette};

/// Colours that agree in the upper 5, 6 and 5 bits are of one bin.
const BINS: usize = 1 << 16;

fn bin_of([r, g, b]: [u8; 3]) -> usize {
    usize::from(r >> 3) << 11 | usize::from(g >> 2) << 5 | usize::from(b >> 3)
}

/// How often colours occur, by the bin in which they lie.
pub(super) struct Histogram {
    bins: Vec<Bin>,
}

/// Pixels of one bin.
#[derive(Clone, Copy, Default)]
struct Bin {
    sum: [u64; 3],
    count: u64,
}

/// A bin's mean colour and its number of pixels.
#[derive(Clone, Copy)]
struct Weighted {
    colour: [f32; 3],
    count: f32,
}

impl Histogram {
    /// Of `colours`.
    pub fn of(colours: impl Iterator<Item = [u8; 3]>) -> Self {
        let mut bins = vec![Bin::default(); BINS];
        for colour in colours {
            let bin = &mut bins[bin_of(colour)];
            bin.sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += u64::from(value));
            bin.count += 1;
        }
        Self { bins }
    }

    fn used(&self) -> impl Iterator<Item = Weighted> {
        self.bins
            .iter()
            .filter(|bin| bin.count > 0)
            .map(|bin| Weighted { colour: bin.sum.map(|sum| sum as f32 / bin.count as f32), count: bin.count as f32 })
    }

    /// How many pixels it is of, 1 or more.
    pub fn pixels(&self) -> f32 {
        self.bins.iter().map(|bin| bin.count as f32).sum::<f32>().max(1.0)
    }

    /// The mean squared distance between colours and what `palette` has next to them.
    pub fn error(&self, palette: &mut Palette) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for bin in self.used() {
            let nearest = palette.nearest(bin.colour.map(|v| v.round() as u8));
            let distance: f32 =
                palette.colour(nearest).iter().zip(bin.colour).map(|(a, b)| (f32::from(*a) - b).powi(2)).sum();
            sum += distance * bin.count;
            count += bin.count;
        }
        sum / f32::max(count, 1.0)
    }

    /// A palette for these colours: P. Heckbert, "Color image quantization for frame buffer display" (1982), with boxes
    /// split at the mean of the axis of the greatest variance.
    pub fn palette(&self) -> Palette {
        let mut used: Vec<Weighted> = self.used().collect();
        let mut cubes = vec![Cube::new(&used, 0, used.len())];
        while cubes.len() < COLOURS {
            let Some((i, _)) = cubes.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error)) else { break };
            let Cube { start, end, axis, mean, error } = cubes[i];
            if error <= 0.0 {
                break;
            }
            let split = start + partition(&mut used[start..end], |bin| bin.colour[axis] < mean[axis]);
            // A spread of more than 0 puts at least one bin on each side; rounding may not.
            let split = split.clamp(start + 1, end - 1);
            cubes[i] = Cube::new(&used, start, split);
            cubes.push(Cube::new(&used, split, end));
        }
        let colours: Vec<[u8; 3]> = cubes.iter().map(|cube| cube.mean.map(|v| v.round() as u8)).collect();
        Palette::new(&colours)
    }
}

/// Brings those for which `first` holds to the front, and tells how many they are.
fn partition(bins: &mut [Weighted], first: impl Fn(&Weighted) -> bool) -> usize {
    let mut front = 0;
    for i in 0..bins.len() {
        if first(&bins[i]) {
            bins.swap(front, i);
            front += 1;
        }
    }
    front
}

/// Bins that share a palette entry.
#[derive(Clone, Copy)]
struct Cube {
    start: usize,
    end: usize,
    mean: [f32; 3],
    /// Where the variance is greatest.
    axis: usize,
    /// Sum of squared distances from the mean along `axis`; 0 if the box cannot be split.
    error: f32,
}

impl Cube {
    fn new(used: &[Weighted], start: usize, end: usize) -> Self {
        let bins = &used[start..end];
        let count = bins.iter().map(|bin| bin.count).sum::<f32>().max(1.0);
        let mut mean = [0.0; 3];
        let mut spread = [0.0; 3];
        for axis in 0..3 {
            mean[axis] = bins.iter().map(|bin| bin.colour[axis] * bin.count).sum::<f32>() / count;
            spread[axis] = bins.iter().map(|bin| bin.count * (bin.colour[axis] - mean[axis]).powi(2)).sum();
        }
        let axis = (0..3).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap_or(0);
        let error = if bins.len() > 1 { spread[axis] } else { 0.0 };
        Self { start, end, mean, axis, error }
    }
}
