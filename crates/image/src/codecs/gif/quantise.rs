use std::collections::HashMap;

/// Colours of a palette, the transparent one included.
const COLOURS: usize = 256;

/// A picture in at most 256 colours.
pub(super) struct Indexed {
    pub indices: Vec<u8>,
    /// Red, green, blue.
    pub palette: Vec<u8>,
    pub transparent: Option<u8>,
}

/// Palette and indices for `pixels`, RGB with whether each is opaque: exact if the colours are few enough, else by
/// median cut, without dithering.
pub(super) fn quantise(pixels: &[Option<[u8; 3]>]) -> Indexed {
    let transparent = pixels.iter().any(Option::is_none);
    let colours = COLOURS - usize::from(transparent);
    exact(pixels, colours).unwrap_or_else(|| median_cut(pixels, colours)).with_transparency(transparent)
}

impl Indexed {
    /// Gives the transparent index, which `exact` and `median_cut` left at the palette's end, its place.
    fn with_transparency(mut self, transparent: bool) -> Self {
        if transparent || self.palette.is_empty() {
            self.transparent = transparent.then_some((self.palette.len() / 3) as u8);
            self.palette.extend([0; 3]);
        }
        self
    }
}

/// `None` if there are more than `limit` colours.
fn exact(pixels: &[Option<[u8; 3]>], limit: usize) -> Option<Indexed> {
    let mut known: HashMap<[u8; 3], u8> = HashMap::new();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len());
    // Neighbours are often equal.
    let mut last = ([0; 3], None);
    for pixel in pixels {
        let Some(rgb) = *pixel else {
            indices.push(None);
            continue;
        };
        if last.0 != rgb || last.1.is_none() {
            let next = known.len();
            let index = *known.entry(rgb).or_insert(next as u8);
            if known.len() > limit {
                return None;
            }
            if known.len() > next {
                palette.extend(rgb);
            }
            last = (rgb, Some(index));
        }
        indices.push(last.1);
    }
    let end = (palette.len() / 3) as u8;
    let indices = indices.into_iter().map(|index| index.unwrap_or(end)).collect();
    Some(Indexed { indices, palette, transparent: None })
}

/// Pixels whose colours agree in the upper 5, 6 and 5 bits.
#[derive(Clone, Copy, Default)]
struct Bin {
    sum: [u64; 3],
    count: u64,
}

impl Bin {
    fn mean(&self) -> [f64; 3] {
        self.sum.map(|sum| sum as f64 / self.count.max(1) as f64)
    }
}

fn bin_of(rgb: [u8; 3]) -> usize {
    usize::from(rgb[0] >> 3) << 11 | usize::from(rgb[1] >> 2) << 5 | usize::from(rgb[2] >> 3)
}

/// P. Heckbert, "Color image quantization for frame buffer display" (1982), with boxes split at the mean of the axis of
/// the greatest variance.
fn median_cut(pixels: &[Option<[u8; 3]>], limit: usize) -> Indexed {
    let mut bins = vec![Bin::default(); 1 << 16];
    for rgb in pixels.iter().flatten() {
        let bin = &mut bins[bin_of(*rgb)];
        bin.sum.iter_mut().zip(rgb).for_each(|(sum, value)| *sum += u64::from(*value));
        bin.count += 1;
    }
    let mut used: Vec<(usize, Bin)> = bins.iter().copied().enumerate().filter(|(_, bin)| bin.count > 0).collect();
    let mut boxes = vec![Cube::new(&used, 0, used.len())];
    while boxes.len() < limit {
        let Some((i, _)) = boxes.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error)) else { break };
        let Cube { start, end, axis, middle, error, .. } = boxes[i];
        if error <= 0.0 {
            break;
        }
        used[start..end].sort_by(|a, b| a.1.mean()[axis].total_cmp(&b.1.mean()[axis]));
        let split = start + used[start..end].partition_point(|(_, bin)| bin.mean()[axis] < middle);
        // A spread of more than 0 puts at least one bin on each side; rounding may not.
        let split = split.clamp(start + 1, end - 1);
        boxes[i] = Cube::new(&used, start, split);
        boxes.push(Cube::new(&used, split, end));
    }
    let palette: Vec<[u8; 3]> = boxes.iter().map(|cube| cube.mean.map(|v| v.round() as u8)).collect();
    let mut index_of = vec![0u8; 1 << 16];
    for (bin, content) in &used {
        index_of[*bin] = nearest(&palette, content.mean());
    }
    let end = palette.len() as u8;
    let indices = pixels.iter().map(|pixel| pixel.map_or(end, |rgb| index_of[bin_of(rgb)])).collect();
    Indexed { indices, palette: palette.into_flattened(), transparent: None }
}

fn nearest(palette: &[[u8; 3]], colour: [f64; 3]) -> u8 {
    let colour = colour.map(|v| v.round() as i32);
    let distance = |entry: &[u8; 3]| -> i32 { entry.iter().zip(colour).map(|(a, b)| (i32::from(*a) - b).pow(2)).sum() };
    // A palette is never empty and holds at most 256 entries.
    palette.iter().enumerate().min_by_key(|(_, entry)| distance(entry)).map_or(0, |(i, _)| i as u8)
}

/// Bins that share a palette entry.
#[derive(Clone, Copy)]
struct Cube {
    start: usize,
    end: usize,
    mean: [f64; 3],
    axis: usize,
    middle: f64,
    /// Sum of squared distances from the mean along `axis`; 0 if the box cannot be split.
    error: f64,
}

impl Cube {
    fn new(used: &[(usize, Bin)], start: usize, end: usize) -> Self {
        let bins = &used[start..end];
        let count = bins.iter().map(|(_, bin)| bin.count).sum::<u64>().max(1) as f64;
        let mut mean = [0.0; 3];
        let mut spread = [0.0; 3];
        for axis in 0..3 {
            mean[axis] = bins.iter().map(|(_, bin)| bin.sum[axis] as f64).sum::<f64>() / count;
            spread[axis] = bins.iter().map(|(_, bin)| bin.count as f64 * (bin.mean()[axis] - mean[axis]).powi(2)).sum();
        }
        let axis = (0..3).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap_or(0);
        let error = if bins.len() > 1 { spread[axis] } else { 0.0 };
        Self { start, end, mean, axis, middle: mean[axis], error }
    }
}
