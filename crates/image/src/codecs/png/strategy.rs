use ::png::{BitDepth, ColorType, DeflateCompression, Filter};

use super::encode::write;
use super::form::Form;
use crate::{Cancel, Error};

/// Rows of a band that is tried: several times the reach of the search for repetitions.
const BAND: u32 = 32;
/// Bands that are tried of a large picture.
const BANDS: u32 = 2;
/// Pixels of a picture at most that is tried as a whole.
const SMALL: u64 = 1 << 15;
/// Photos have fewer pixels than one in so many that equal their left neighbour; drawings have more.
const EQUAL_IN_PHOTOS: u64 = 8;
/// Every so many rows are looked at for that.
const ROW_STEP: u32 = 4;

/// How rows are filtered and compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// The filter that leaves the smallest differences, and a fixed code for them: for photos, whose noise repeats
    /// nowhere. Ten times as fast as a search for repetitions, and as small.
    Differences,
    /// No filter, and a search for repetitions: for drawings and palettes.
    Repetitions,
    /// Both: for smooth pictures with flat parts.
    Both,
}

impl Strategy {
    pub fn filter(self) -> Filter {
        match self {
            Self::Differences | Self::Both => Filter::Adaptive,
            Self::Repetitions => Filter::NoFilter,
        }
    }

    pub fn compression(self) -> DeflateCompression {
        match self {
            Self::Differences => DeflateCompression::FdeflateUltraFast,
            Self::Repetitions | Self::Both => DeflateCompression::Level(6),
        }
    }
}

/// Photos get [`Strategy::Differences`], palettes [`Strategy::Repetitions`]; otherwise it is the strategy that makes a
/// few bands of the picture smallest, of equals the fastest.
pub(super) fn choose(form: &Form, cancel: &Cancel) -> Result<Strategy, Error> {
    let size = form.size();
    if form.colour() == ColorType::Indexed {
        return Ok(Strategy::Repetitions);
    }
    let small = size.pixels().0 <= SMALL || size.height <= BANDS * BAND;
    if !small && is_photo(form) {
        return Ok(Strategy::Differences);
    }
    let rows = if small { (0..size.height).collect() } else { bands(size.height) };
    let mut best: Option<(usize, Strategy)> = None;
    for strategy in [Strategy::Differences, Strategy::Repetitions, Strategy::Both] {
        let bytes = write(form, &rows, strategy, cancel)?.len();
        if best.is_none_or(|(least, _)| bytes < least) {
            best = Some((bytes, strategy));
        }
    }
    Ok(best.map_or(Strategy::Both, |(_, strategy)| strategy))
}

/// Bands that are spread evenly over the height.
fn bands(height: u32) -> Vec<u32> {
    let starts = (0..BANDS).map(|band| (2 * band + 1) * height / (2 * BANDS) - BAND / 2);
    starts.flat_map(|start| start..start + BAND).collect()
}

/// Whether few pixels equal their left neighbour, among those that are not all zeros (hidden, as a rule).
fn is_photo(form: &Form) -> bool {
    let bytes = form.colour().samples() * if form.depth() == BitDepth::Sixteen { 2 } else { 1 };
    let (mut equal, mut all) = (0u64, 0u64);
    let mut line = Vec::new();
    for y in (0..form.size().height).step_by(ROW_STEP as usize) {
        line.clear();
        form.row(y, &mut line);
        for (left, right) in line.chunks_exact(bytes).zip(line.chunks_exact(bytes).skip(1)) {
            if right.iter().any(|sample| *sample != 0) {
                all += 1;
                equal += u64::from(left == right);
            }
        }
    }
    equal * EQUAL_IN_PHOTOS < all
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::{Layout, Picture};

    fn chosen(size: Size, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Strategy {
        let place = |i: u32| pixel(i % size.width, i / size.width);
        let data = (0..size.width * size.height).flat_map(place).collect();
        let picture = Picture::interleaved(size, Layout::Rgb, data).unwrap();
        let form = Form::of(picture, None, &Cancel::default()).unwrap();
        choose(&form, &Cancel::default()).unwrap()
    }

    #[test]
    fn noise_is_not_searched_for_repetitions() {
        let noise = |x: u32, y: u32| {
            let random = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_769) >> 24;
            [(x / 3) as u8, (y / 2) as u8, 100].map(|v: u8| v.wrapping_add(random as u8 % 16))
        };
        assert_eq!(chosen(Size::new(300, 200), noise), Strategy::Differences);
    }

    #[test]
    fn drawings_are() {
        // Blocks of more colours than a palette holds, repeated across.
        let blocks = |x: u32, y: u32| {
            let block = (x % 200 / 10).wrapping_mul(2_654_435_769) ^ (y / 8 * 12_345).wrapping_mul(40_503);
            [(block >> 24) as u8, (block >> 16) as u8, (block >> 8) as u8]
        };
        assert_ne!(chosen(Size::new(400, 300), blocks), Strategy::Differences);
        // Few colours are a palette.
        assert_eq!(chosen(Size::new(400, 300), |x, y| [(x / 200) as u8, (y / 100) as u8, 7]), Strategy::Repetitions);
    }

    #[test]
    fn bands_lie_inside() {
        for height in [65, 66, 100, 16_384] {
            let rows = bands(height);
            assert_eq!(rows.len(), 64);
            assert!(rows.iter().all(|row| *row < height));
        }
    }
}
