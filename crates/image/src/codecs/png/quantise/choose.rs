use super::histogram::Bin;
use super::{Point, colour, nearest};
use crate::{Cancel, Error};

/// Rounds in which every colour moves to the middle of those that it stands for.
const ROUNDS: usize = 8;

/// At most `most` different colours that stand for the bins: boxes split where the error is greatest (P. Heckbert,
/// "Color image quantization for frame buffer display", 1982, by variance as X. Wu does), then moved by k-means.
pub(super) fn palette(bins: &[Bin], most: usize, cancel: &Cancel) -> Result<Vec<[u8; 4]>, Error> {
    let mut bins = bins.to_vec();
    let mut points = split(&mut bins, most);
    for _ in 0..ROUNDS {
        cancel.check()?;
        points = moved(&bins, &points);
    }
    let mut colours: Vec<[u8; 4]> = points.into_iter().map(colour).collect();
    colours.sort_unstable();
    colours.dedup();
    Ok(colours)
}

/// The means of the boxes.
fn split(bins: &mut [Bin], most: usize) -> Vec<Point> {
    let mut cubes = vec![Cube::new(bins, 0, bins.len())];
    while cubes.len() < most {
        let Some((index, _)) = cubes.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error)) else { break };
        let Cube { start, end, axis, mean, error } = cubes[index];
        if error <= 0.0 {
            break;
        }
        let part = &mut bins[start..end];
        part.sort_by(|a, b| a.point[axis].total_cmp(&b.point[axis]));
        // An error above 0 comes of at least two different bins; rounding may put all of them on one side.
        let middle = part.partition_point(|bin| bin.point[axis] < mean[axis]).clamp(1, part.len() - 1);
        cubes[index] = Cube::new(bins, start, start + middle);
        cubes.push(Cube::new(bins, start + middle, end));
    }
    cubes.into_iter().map(|cube| cube.mean).collect()
}

/// Bins that share a colour.
#[derive(Clone, Copy)]
struct Cube {
    start: usize,
    end: usize,
    mean: Point,
    /// The axis of the greatest variance.
    axis: usize,
    /// Weighted squares of the distances from the mean along all axes; 0 if the box cannot be split.
    error: f32,
}

impl Cube {
    fn new(bins: &[Bin], start: usize, end: usize) -> Self {
        let bins = &bins[start..end];
        let mean = mean(bins.iter()).unwrap_or_default();
        let mut spread = [0f64; 4];
        for bin in bins {
            for ((spread, value), mean) in spread.iter_mut().zip(bin.point).zip(mean) {
                *spread += f64::from(bin.weight) * f64::from(value - mean).powi(2);
            }
        }
        let axis = (0..4).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap_or(0);
        let error = if bins.len() > 1 { spread.iter().sum::<f64>() as f32 } else { 0.0 };
        Self { start, end, mean, axis, error }
    }
}

/// The weighted mean; `None` of nothing.
fn mean<'a>(bins: impl Iterator<Item = &'a Bin>) -> Option<Point> {
    let (mut sum, mut weight) = ([0f64; 4], 0f64);
    for bin in bins {
        weight += f64::from(bin.weight);
        sum.iter_mut().zip(bin.point).for_each(|(sum, value)| *sum += f64::from(value) * f64::from(bin.weight));
    }
    (weight > 0.0).then(|| sum.map(|sum| (sum / weight) as f32))
}

/// Each point in the middle of the bins that are nearest to it; one that is nearest to none stays.
fn moved(bins: &[Bin], points: &[Point]) -> Vec<Point> {
    let mut sums = vec![([0f64; 4], 0f64); points.len()];
    for bin in bins {
        let (sum, weight) = &mut sums[nearest(points, &bin.point)];
        *weight += f64::from(bin.weight);
        sum.iter_mut().zip(bin.point).for_each(|(sum, value)| *sum += f64::from(value) * f64::from(bin.weight));
    }
    let place = |((sum, weight), point): (&([f64; 4], f64), &Point)| {
        if *weight > 0.0 { sum.map(|sum| (sum / weight) as f32) } else { *point }
    };
    sums.iter().zip(points).map(place).collect()
}
