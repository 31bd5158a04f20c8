use lightmill_recipe::{Blur, Size};

use super::convert;
use super::convolve::{Kernel, Rows, convolve};
use crate::{Cancel, Error, Layout, Picture};

/// Widest kernel, in pixels on each side, that is applied as it is; wider ones work on a reduced picture, so that the
/// cost does not grow with the kernel.
const DIRECT_RADIUS: usize = 24;

/// Reduced pixels beyond each edge, so that the enlargement has neighbours on both sides everywhere.
const MARGIN: usize = 1;

/// A softer picture of the same size: Gaussian or an explicit window. Beyond the edges the outermost pixels repeat.
///
/// Grey, RGB and RGBA (mixed premultiplied) keep their layout; YCbCr becomes RGB. A kernel of more than 24 pixels on
/// each side is applied to a picture that is reduced by the mean of k×k pixels and enlarged linearly, which
/// together widen a Gaussian by (k² − 1)/4 in variance; that is taken off its own. The result is within 2 of
/// 255 levels of the exact one.
pub fn blur(picture: Picture, blur: Blur, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = match picture.layout() {
        Layout::YCbCr(_) => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let (reduction, kernel) = plan(blur, picture.size());
    let mut result = Picture::blank(picture.size(), picture.layout()).with_icc(picture.icc.clone());
    if reduction == 1 {
        let source = |y: usize, row: &mut [f32]| load(&picture, y, row);
        convolve(rows(&picture, 1), &kernel, cancel, source, |y, row| store(row, &mut result, y))?;
    } else {
        let mut line = vec![0.0; picture.size().width as usize * picture.layout().channels()];
        let source = |y: usize, row: &mut [f32]| reduce(&picture, reduction, y, &mut line, row);
        let mut enlarger = Enlarger::new(reduction, rows(&picture, reduction), &picture);
        convolve(rows(&picture, reduction), &kernel, cancel, source, |y, row| enlarger.take(y, row, &mut result))?;
    }
    Ok(result)
}

fn rows(picture: &Picture, reduction: usize) -> Rows {
    let Size { width, height } = picture.size();
    let side = |side: u32| {
        let side = side as usize;
        if reduction == 1 { side } else { side.div_ceil(reduction) + 2 * MARGIN }
    };
    Rows { width: side(width), height: side(height), channels: picture.layout().channels() }
}

/// By how much the picture is reduced first, and the kernel for the reduced picture.
fn plan(blur: Blur, size: Size) -> (usize, Kernel) {
    // A kernel that reaches much further than the picture sees only repeated edges.
    let furthest = f64::from(size.longer()) * 2.0 + 8.0;
    match blur {
        Blur::Gaussian { sigma } => {
            let sigma = f64::from(sigma).clamp(0.01, furthest);
            let reduction = if sigma < 6.0 { 1 } else { (sigma / 3.0) as usize };
            let squared = (reduction * reduction) as f64;
            let left = (sigma * sigma - (squared - 1.0) / 4.0) / squared;
            (reduction, Kernel::gaussian(left.sqrt()))
        }
        Blur::Window { radius, sigma } => {
            let sigma = f64::from(sigma).clamp(0.01, furthest);
            // exp(−d²/σ²) is below 1/100,000 from there on.
            let radius = f64::from(radius).min((sigma * 3.4).ceil()).min(furthest) as usize;
            let weight = |distance: usize| {
                let distance = distance as f64;
                if distance > radius as f64 { 0.0 } else { (-(distance / sigma).powi(2)).exp() }
            };
            let reduction = radius.div_ceil(DIRECT_RADIUS).max(1);
            // A reduced pixel has the weight of those that it stands for.
            let binned = |index: usize| {
                let middle = (index * reduction) as i64;
                let first = middle - (reduction as i64 - 1) / 2;
                let weights = (first..first + reduction as i64).map(|d| weight(d.unsigned_abs() as usize));
                weights.sum::<f64>()
            };
            let half: Vec<f64> = (0..=radius.div_ceil(reduction)).map(binned).collect();
            (reduction, Kernel::new(&half))
        }
    }
}

/// Row `y` as floats, premultiplied.
fn load(picture: &Picture, y: usize, row: &mut [f32]) {
    let from = picture.row(y as u32);
    if picture.layout().has_alpha() {
        for (to, from) in row.as_chunks_mut::<4>().0.iter_mut().zip(from.as_chunks::<4>().0) {
            let alpha = f32::from(from[3]);
            *to = [f32::from(from[0]) * alpha, f32::from(from[1]) * alpha, f32::from(from[2]) * alpha, alpha];
        }
    } else {
        for (to, from) in row.iter_mut().zip(from) {
            *to = f32::from(*from);
        }
    }
}

/// The reverse of [`load`], rounded.
fn store(row: &[f32], picture: &mut Picture, y: usize) {
    let alpha = picture.layout().has_alpha();
    let to = picture.row_mut(y as u32);
    // Float casts saturate.
    if alpha {
        for (to, from) in to.as_chunks_mut::<4>().0.iter_mut().zip(row.as_chunks::<4>().0) {
            let alpha = from[3];
            let scale = if alpha > 0.25 { 1.0 / alpha } else { 0.0 };
            *to = [from[0] * scale, from[1] * scale, from[2] * scale, alpha].map(|value| (value + 0.5) as u8);
        }
    } else {
        for (to, from) in to.iter_mut().zip(row) {
            *to = (from + 0.5) as u8;
        }
    }
}

/// Row `y` of the picture reduced by the mean of `reduction`² pixels, with the margin; the outermost pixels repeat.
fn reduce(picture: &Picture, reduction: usize, y: usize, line: &mut [f32], row: &mut [f32]) {
    let channels = picture.layout().channels();
    let (width, height) = (picture.size().width as usize, picture.size().height as usize);
    row.fill(0.0);
    for source in y * reduction..(y + 1) * reduction {
        load(picture, source.saturating_sub(MARGIN * reduction).min(height - 1), line);
        for (index, to) in row.chunks_exact_mut(channels).enumerate() {
            let mut sum = |pixel: usize, times: f32| {
                let from = &line[pixel * channels..];
                to.iter_mut().zip(from).for_each(|(to, from)| *to += from * times);
            };
            let (first, end) = (index * reduction, (index + 1) * reduction);
            let (margin, all) = (MARGIN * reduction, MARGIN * reduction + width);
            if first < margin {
                sum(0, reduction as f32);
                continue;
            }
            for pixel in first..end.min(all) {
                sum(pixel - margin, 1.0);
            }
            let repeated = end - end.min(all.max(first));
            if repeated > 0 {
                sum(width - 1, repeated as f32);
            }
        }
    }
    let scale = 1.0 / (reduction * reduction) as f32;
    for value in row {
        *value *= scale;
    }
}

/// Where between two reduced pixels a pixel lies.
#[derive(Clone, Copy)]
struct Between {
    before: usize,
    after: usize,
    share: f32,
}

impl Between {
    fn new(pixel: usize, reduction: usize, count: usize) -> Self {
        let position = (pixel as f64 - (reduction as f64 - 1.0) / 2.0) / reduction as f64 + MARGIN as f64;
        let before = position as usize;
        Self { before, after: (before + 1).min(count - 1), share: (position - before as f64) as f32 }
    }
}

/// Enlarges rows linearly as they come.
struct Enlarger {
    reduction: usize,
    rows: Rows,
    columns: Vec<Between>,
    previous: Vec<f32>,
    /// The next row of the result.
    next: usize,
    mixed: Vec<f32>,
    wide: Vec<f32>,
}

impl Enlarger {
    fn new(reduction: usize, rows: Rows, picture: &Picture) -> Self {
        let width = picture.size().width as usize;
        Self {
            reduction,
            rows,
            columns: (0..width).map(|x| Between::new(x, reduction, rows.width)).collect(),
            previous: Vec::new(),
            next: 0,
            mixed: vec![0.0; rows.width * rows.channels],
            wide: vec![0.0; width * rows.channels],
        }
    }

    fn take(&mut self, index: usize, row: &[f32], result: &mut Picture) {
        while self.next < result.size().height as usize {
            let Between { before, after, share } = Between::new(self.next, self.reduction, self.rows.height);
            if after > index {
                break;
            }
            // `after` is this row, and `before` this one or the one that came before it.
            let above = if before == index { row } else { &self.previous };
            for ((mixed, above), below) in self.mixed.iter_mut().zip(above).zip(row) {
                *mixed = above + (below - above) * share;
            }
            match self.rows.channels {
                1 => widen::<1>(&self.mixed, &self.columns, &mut self.wide),
                3 => widen::<3>(&self.mixed, &self.columns, &mut self.wide),
                _ => widen::<4>(&self.mixed, &self.columns, &mut self.wide),
            }
            store(&self.wide, result, self.next);
            self.next += 1;
        }
        self.previous.clear();
        self.previous.extend_from_slice(row);
    }
}

fn widen<const CHANNELS: usize>(narrow: &[f32], columns: &[Between], wide: &mut [f32]) {
    let narrow = narrow.as_chunks::<CHANNELS>().0;
    for (to, column) in wide.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(columns) {
        let (left, right) = (&narrow[column.before], &narrow[column.after]);
        for ((to, left), right) in to.iter_mut().zip(left).zip(right) {
            *to = left + (right - left) * column.share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps, stripes and noise.
    fn busy(size: Size, layout: Layout) -> Picture {
        let mut state = 7u32;
        let mut picture = Picture::blank(size, layout);
        for y in 0..size.height {
            for (index, sample) in picture.row_mut(y).iter_mut().enumerate() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let x = index / layout.channels();
                *sample = match (x / 23 + y as usize / 31) % 3 {
                    0 => 255,
                    1 => (state >> 24) as u8,
                    _ => 0,
                };
            }
        }
        picture
    }

    /// Both passes in real numbers, with the outermost samples repeated.
    fn exact(plane: &[f64], width: usize, height: usize, half: &[f64]) -> Vec<f64> {
        let radius = half.len() as i64 - 1;
        let total: f64 = (-radius..=radius).map(|d| half[d.unsigned_abs() as usize]).sum();
        let pass = |from: &[f64], across: i64, down: i64| -> Vec<f64> {
            let at = |x: i64, y: i64| {
                from[y.clamp(0, height as i64 - 1) as usize * width + x.clamp(0, width as i64 - 1) as usize]
            };
            let mut to = Vec::new();
            for y in 0..height as i64 {
                for x in 0..width as i64 {
                    let weighted = |d: i64| half[d.unsigned_abs() as usize] * at(x + d * across, y + d * down);
                    to.push((-radius..=radius).map(weighted).sum::<f64>() / total);
                }
            }
            to
        };
        pass(&pass(plane, 1, 0), 0, 1)
    }

    fn worst(blur_by: Blur, half: &[f64], size: Size) -> f64 {
        let picture = busy(size, Layout::Grey);
        let plane: Vec<f64> = picture.planes()[0].data.iter().map(|sample| f64::from(*sample)).collect();
        let exact = exact(&plane, size.width as usize, size.height as usize, half);
        let made = blur(picture, blur_by, &Cancel::default()).unwrap();
        made.planes()[0]
            .data
            .iter()
            .zip(exact)
            .map(|(made, exact)| (f64::from(*made) - exact).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn gaussians_are_within_two_levels() {
        for sigma in [0.3f32, 0.5, 1.0, 2.5, 5.9, 6.0, 7.7, 10.0, 15.0, 20.0, 40.0] {
            let half: Vec<f64> = (0..=(sigma * 6.0) as u32 + 1)
                .map(|d| (-f64::from(d).powi(2) / 2.0 / f64::from(sigma).powi(2)).exp())
                .collect();
            let worst = worst(Blur::Gaussian { sigma }, &half, Size::new(131, 97));
            assert!(worst < 2.0, "{sigma}: {worst}");
        }
    }

    #[test]
    fn windows_are_cut_at_their_radius() {
        for (radius, sigma) in [(1, 0.5f32), (3, 100.0), (10, 4.0), (24, 9.0), (25, 30.0), (50, 14.0), (50, 60.0)] {
            let half: Vec<f64> = (0..=radius).map(|d| (-(f64::from(d) / f64::from(sigma)).powi(2)).exp()).collect();
            let worst = worst(Blur::Window { radius, sigma }, &half, Size::new(131, 97));
            let tolerance = if radius <= 24 { 1.0 } else { 4.0 };
            assert!(worst < tolerance, "{radius} {sigma}: {worst}");
        }
    }

    #[test]
    fn flat_stays_flat_and_hidden_colour_does_not_bleed() {
        for sigma in [1.0, 9.0, 1000.0, f32::MAX] {
            let flat = Picture::solid(Size::new(33, 20), [7, 77, 177, 255]);
            assert_eq!(blur(flat.clone(), Blur::Gaussian { sigma }, &Cancel::default()).unwrap(), flat);
            let window = Blur::Window { radius: u32::MAX, sigma };
            assert_eq!(blur(flat.clone(), window, &Cancel::default()).unwrap(), flat);
            let mut half = Picture::solid(Size::new(40, 40), [0, 255, 0, 0]);
            for y in 0..40 {
                half.row_mut(y)[..80].copy_from_slice(&[255, 0, 0, 255].repeat(20));
            }
            let made = blur(half, Blur::Gaussian { sigma }, &Cancel::default()).unwrap();
            for pixel in made.planes()[0].data.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 0) {
                assert!(pixel[0] >= 254 && pixel[1] <= 1, "{pixel:?}");
            }
        }
    }
}
