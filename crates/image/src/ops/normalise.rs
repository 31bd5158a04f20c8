use lightmill_recipe::sharp::Normalise;

use super::colours::{coloured, map};
use super::lab::{colour, lab};
use crate::{Cancel, Error, Picture};

/// Float noise at whole numbers, as that of white.
const NOISE: f32 = 1e-3;

/// L* of CIE Lab stretched linearly, so that two percentiles of it become 0 and 100; a*, b* and alpha stay. Nothing
/// happens where they differ by 1 or less.
///
/// RGB and RGBA keep their layout, the others become RGB; 16 bits become 8.
pub fn normalise(picture: Picture, wish: Normalise, cancel: &Cancel) -> Result<Picture, Error> {
    let mut picture = coloured(picture)?;
    let mut histogram = [0u64; 101];
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row(y).chunks_exact(channels) {
            if let [r, g, b, ..] = pixel {
                histogram[((lab([*r, *g, *b])[0] + NOISE) as usize).min(100)] += 1;
            }
        }
    }
    let (low, high) = (percentile(&histogram, wish.lower), percentile(&histogram, wish.upper));
    if high.abs_diff(low) <= 1 {
        return Ok(picture);
    }
    let (low, range) = (low as f32, high as f32 - low as f32);
    map(&mut picture, cancel, |rgb| {
        let [lightness, a, b] = lab(rgb);
        colour([(lightness - low) * 100.0 / range, a, b])
    })?;
    Ok(picture)
}

/// The whole L* below which `percent` of the picture lies, as libvips' `percent` finds it: the histogram ends at the
/// highest L*, its running sum is scaled to that length and cut to whole numbers, and the first that exceeds
/// `percent` of the length counts. 0 and 100 are the lowest and the highest L*.
fn percentile(histogram: &[u64; 101], percent: f64) -> usize {
    let highest = histogram.iter().rposition(|count| *count > 0).unwrap_or(0);
    if percent <= 0.0 {
        return histogram.iter().position(|count| *count > 0).unwrap_or(0);
    }
    if percent >= 100.0 {
        return highest;
    }
    let (length, all) = (highest + 1, histogram.iter().sum::<u64>().max(1));
    let bound = percent / 100.0 * length as f64;
    let mut sum = 0;
    let exceeds = |count: &u64| {
        sum += count;
        (sum * length as u64 / all) as f64 > bound
    };
    histogram.iter().take(length).position(exceeds).unwrap_or(highest)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Layout;

    const ALL: Normalise = Normalise { lower: 0.0, upper: 100.0 };

    fn made(samples: Vec<u8>, wish: Normalise) -> Vec<u8> {
        let size = Size::new(samples.len() as u32, 1);
        let picture = Picture::interleaved(size, Layout::Grey, samples).unwrap();
        let made = normalise(picture, wish, &Cancel::default()).unwrap();
        made.row(0).iter().step_by(3).copied().collect()
    }

    #[test]
    fn the_range_becomes_the_whole() {
        // L* of 60, 119 and 200 is 25.3, 50.03 and 80.6: 25 to 80 are stretched.
        let stretched = made(vec![60, 119, 200], ALL);
        assert!(stretched[0] <= 2 && stretched[2] == 255, "{stretched:?}");
        // 25 of 55 is L* 45.5: 108.
        assert!(stretched[1].abs_diff(108) <= 1, "{stretched:?}");
        assert_eq!(made(vec![119, 120], ALL), [119, 120]);
    }

    #[test]
    fn percentiles_leave_outliers_out() {
        let mut samples = [vec![60; 500], vec![200; 500]].concat();
        samples.extend([0, 255, 255]);
        let stretched = made(samples, Normalise { lower: 1.0, upper: 99.0 });
        assert!(stretched[0] <= 2 && stretched[999] == 255, "{} {}", stretched[0], stretched[999]);
    }

    #[test]
    fn percentiles_are_those_of_the_running_sum() {
        let mut histogram = [0; 101];
        histogram[10] = 50;
        histogram[100] = 50;
        assert_eq!(
            [0.0, 1.0, 49.0, 99.0, 100.0].map(|percent| percentile(&histogram, percent)),
            [10, 10, 10, 100, 100]
        );
        assert_eq!(percentile(&histogram, 50.0), 100);
        let mut dark = [0; 101];
        dark[20] = 9;
        assert_eq!(percentile(&dark, 99.0), 20);
    }
}
