//! Marks on Y'CbCr planes.

use super::draw::{FULL, Mark, ROWS};
use super::ycbcr;
use crate::{Cancel, Error, Picture, Subsampling};

/// Lays `mark` over the planes of `picture`, of that subsampling: `row_at` gives the mark's row for each of the picture's,
/// if there is one, and `places` the column of the mark's left edge in each, without overlaps and in order.
///
/// A chroma sample becomes what the mean of the pixels that it stands for does.
pub(super) fn draw_planes(
    picture: &mut Picture,
    subsampling: Subsampling,
    mark: &Mark<'_>,
    row_at: &dyn Fn(u32) -> Option<u32>,
    places: &[i64],
    cancel: &Cancel,
) -> Result<(), Error> {
    let size = picture.size();
    let shared = (usize::from(subsampling.horizontal), u32::from(subsampling.vertical));
    let Some(columns) = touched(places, mark.width(), size.width, shared.0) else { return Ok(()) };
    let [luma, blue, red] = picture.planes_mut() else { return Err(Error::internal("planes are missing")) };
    let mut line = Line::new(columns.len());
    let mut sums = Sums::new(columns.len().div_ceil(shared.0));
    let coarse = columns.start / shared.0..columns.end.div_ceil(shared.0);
    for row in 0..size.height {
        if row % ROWS == 0 {
            cancel.check()?;
        }
        if let Some(y) = row_at(row) {
            line.fill(mark, y, places, columns.start);
            blend(&mut luma.row_mut(row, 1)[columns.clone()], &line.luma, &line.alpha);
            sums.add(&line, shared.0);
        }
        let is_last = (row + 1).is_multiple_of(shared.1) || row + 1 == size.height;
        if is_last && sums.is_touched {
            let under = [&mut *blue, &mut *red].map(|plane| &mut plane.row_mut(row / shared.1, 1)[coarse.clone()]);
            sums.blend(columns.len(), shared.0, row % shared.1 + 1, under);
        }
    }
    Ok(())
}

/// The columns of a picture of `width` that marks at `places` touch, from the first of a chroma sample on.
fn touched(places: &[i64], mark: u32, width: u32, shared: usize) -> Option<std::ops::Range<usize>> {
    let first = places.first()?.max(&0);
    let end = places.last()?.saturating_add(mark.into()).min(width.into());
    if first >= &end {
        return None;
    }
    let start = *first as usize / shared * shared;
    Some(start..(end as usize).next_multiple_of(shared).min(width as usize))
}

/// A row of marks: colours, and alpha times opacity, 0 to [`FULL`].
struct Line {
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
    alpha: Vec<u16>,
}

impl Line {
    fn new(length: usize) -> Self {
        Self { luma: vec![0; length], blue: vec![0; length], red: vec![0; length], alpha: vec![0; length] }
    }

    /// Row `y` of the mark at each of `places`, counted from column `start`; nothing in between.
    fn fill(&mut self, mark: &Mark<'_>, y: u32, places: &[i64], start: usize) {
        let (pixels, opacity) = mark.row(y);
        let length = self.alpha.len();
        self.alpha.fill(0);
        for place in places {
            let left = place.saturating_sub(start as i64);
            let skipped = usize::try_from(left.saturating_neg()).unwrap_or(0).min(pixels.len());
            let at = usize::try_from(left).unwrap_or(0).min(length);
            let pixels = &pixels[skipped..][..(pixels.len() - skipped).min(length - at)];
            let end = at + pixels.len();
            let (luma, blue, red) = (&mut self.luma[at..end], &mut self.blue[at..end], &mut self.red[at..end]);
            ycbcr::from_rgb::<4>(pixels.as_flattened(), luma, blue, red);
            for (alpha, pixel) in self.alpha[at..end].iter_mut().zip(pixels) {
                *alpha = (u32::from(pixel[3]) * opacity) as u16;
            }
        }
    }
}

fn blend(under: &mut [u8], over: &[u8], alpha: &[u16]) {
    for ((under, over), alpha) in under.iter_mut().zip(over).zip(alpha) {
        let alpha = u32::from(*alpha);
        *under = ((u32::from(*over) * alpha + u32::from(*under) * (FULL - alpha) + FULL / 2) / FULL) as u8;
    }
}

/// What the rows of marks over a row of chroma samples sum up to.
struct Sums {
    is_touched: bool,
    alpha: Vec<u32>,
    blue: Vec<u32>,
    red: Vec<u32>,
}

impl Sums {
    fn new(length: usize) -> Self {
        Self { is_touched: false, alpha: vec![0; length], blue: vec![0; length], red: vec![0; length] }
    }

    fn add(&mut self, line: &Line, across: usize) {
        self.is_touched = true;
        for (x, alpha) in line.alpha.iter().enumerate() {
            let (alpha, to) = (u32::from(*alpha), x / across);
            self.alpha[to] += alpha;
            self.blue[to] += alpha * u32::from(line.blue[x]);
            self.red[to] += alpha * u32::from(line.red[x]);
        }
    }

    /// Blends and starts anew: samples stand for `across` × `rows` of `columns` pixels.
    fn blend(&mut self, columns: usize, across: usize, rows: u32, [blue, red]: [&mut [u8]; 2]) {
        for (x, alpha) in self.alpha.iter().enumerate().filter(|(_, alpha)| **alpha > 0) {
            let whole = FULL * rows * (columns - x * across).min(across) as u32;
            let mixed = |under: u8, over: u32| ((over + u32::from(under) * (whole - alpha) + whole / 2) / whole) as u8;
            blue[x] = mixed(blue[x], self.blue[x]);
            red[x] = mixed(red[x], self.red[x]);
        }
        self.is_touched = false;
        for sums in [&mut self.alpha, &mut self.blue, &mut self.red] {
            sums.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Size, Tiling};

    use super::super::{convert, draw, tile};
    use super::*;
    use crate::Layout;

    const ALL: [Subsampling; 4] = [Subsampling::S444, Subsampling::S422, Subsampling::S440, Subsampling::S420];

    fn pictures() -> (Picture, Picture) {
        let mut rgb = Picture::blank(Size::new(37, 25), Layout::Rgb);
        for y in 0..25 {
            for (x, sample) in rgb.row_mut(y).iter_mut().enumerate() {
                *sample = (60 + x + y as usize) as u8;
            }
        }
        let mut mark = Picture::solid(Size::new(9, 7), [250, 30, 90, 200]);
        for y in 0..7 {
            mark.row_mut(y)[8..12].copy_from_slice(&[1, 2, 3, 0]);
        }
        (rgb, mark)
    }

    #[test]
    fn planes_agree_with_rgb_before_subsampling() {
        let (rgb, mark) = pictures();
        let cancel = Cancel::default();
        for subsampling in ALL {
            let layout = Layout::YCbCr(subsampling);
            let planes = || convert(rgb.clone(), layout).unwrap();
            let mut pairs: Vec<(Picture, Picture)> = Vec::new();
            for (left, top) in [(3, 4), (-3, -2), (33, 22), (0, 0), (-50, 0), (10, 30), (i64::MIN, i64::MAX)] {
                let drawn = draw(planes(), &mark, left, top, 80, &cancel).unwrap();
                pairs.push((drawn, draw(rgb.clone(), &mark, left, top, 80, &cancel).unwrap()));
            }
            let tiling = Tiling { gap_x: 2, gap_y: 3 };
            let tiled = tile(planes(), &mark, tiling, 100, &cancel).unwrap();
            pairs.push((tiled, tile(rgb.clone(), &mark, tiling, 100, &cancel).unwrap()));
            for (made, exact) in pairs {
                let exact = convert(exact, layout).unwrap();
                assert_eq!(made.layout(), layout);
                for (made, exact) in made.planes().iter().zip(exact.planes()) {
                    assert!(made.data.iter().zip(&exact.data).all(|(a, b)| a.abs_diff(*b) <= 2), "{subsampling:?}");
                }
            }
        }
    }

    #[test]
    fn it_stops_when_told() {
        let (rgb, mark) = pictures();
        let cancel = Cancel::default();
        cancel.cancel();
        for layout in [Layout::Rgb, Layout::YCbCr(Subsampling::S420)] {
            let picture = convert(rgb.clone(), layout).unwrap();
            assert!(draw(picture.clone(), &mark, 0, 0, 100, &cancel).is_err());
            assert!(tile(picture, &mark, Tiling { gap_x: 0, gap_y: 0 }, 100, &cancel).is_err());
        }
    }
}
