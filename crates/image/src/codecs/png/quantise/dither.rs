use super::{Point, nearest, point};
use crate::codecs::png::palette::pixels;
use crate::{Cancel, Error, Picture};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 16;
/// The share of an error that the neighbours get: a little less than all of it keeps noise from running away.
const STRENGTH: f32 = 0.9;

/// The palette index of every pixel. What a pixel's colour is off goes to its neighbours (R. Floyd and L. Steinberg,
/// "An adaptive algorithm for spatial grey scale", 1976), rows alternately from the left and from the right; alpha is
/// not spread, and nothing spreads from or to what is transparent.
pub(super) fn indices(picture: &Picture, colours: &[[u8; 4]], cancel: &Cancel) -> Result<Vec<u8>, Error> {
    let (width, height) = (picture.size().width as usize, picture.size().height);
    let mut search = Search::new(colours);
    let mut indices = vec![0; width * height as usize];
    // A column more on either side takes what falls over the edges.
    let mut here = vec![[0f32; 3]; width + 2];
    let mut below = vec![[0f32; 3]; width + 2];
    let mut line = Vec::with_capacity(width);
    for y in 0..height {
        if y % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        line.clear();
        line.extend(pixels(picture.layout(), picture.row(y)));
        let row = &mut indices[y as usize * width..][..width];
        let backwards = y % 2 == 1;
        for step in 0..width {
            let x = if backwards { width - 1 - step } else { step };
            let pixel = line[x];
            let wanted = wanted(pixel, here[x + 1]);
            let index = search.nearest(wanted, pixel[3]);
            row[x] = index;
            if pixel[3] == 0 {
                continue;
            }
            let chosen = colours[usize::from(index)];
            let (ahead, behind) = if backwards { (x, x + 2) } else { (x + 2, x) };
            for channel in 0..3 {
                let error = (wanted[channel] - f32::from(chosen[channel])) * STRENGTH / 16.0;
                here[ahead][channel] += error * 7.0;
                below[behind][channel] += error * 3.0;
                below[x + 1][channel] += error * 5.0;
                below[ahead][channel] += error;
            }
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0.0; 3]);
    }
    Ok(indices)
}

fn wanted(pixel: [u8; 4], error: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|channel| (f32::from(pixel[channel]) + error[channel]).clamp(0.0, 255.0))
}

/// Finds palette entries, and remembers what it found for colours that agree in their upper bits.
struct Search {
    points: Vec<Point>,
    /// The entry for what is fully transparent.
    clear: u8,
    /// For 6 bits of each channel of opaque colours: an index plus 1, 0 where none was searched.
    opaque: Vec<u16>,
    /// For 4 bits of each channel and of alpha of others.
    others: Vec<u16>,
}

impl Search {
    fn new(colours: &[[u8; 4]]) -> Self {
        let points: Vec<Point> = colours.iter().map(|colour| point(colour.map(f32::from))).collect();
        let clear = nearest(&points, &[0.0; 4]) as u8;
        Self { points, clear, opaque: vec![0; 1 << 18], others: vec![0; 1 << 16] }
    }

    /// The entry nearest to the middle of the cell in which a colour lies.
    fn nearest(&mut self, colour: [f32; 3], alpha: u8) -> u8 {
        if alpha == 0 {
            return self.clear;
        }
        let opaque = alpha == 255;
        let bits = if opaque { 6 } else { 4 };
        let cell = colour.map(|value| value as usize >> (8 - bits));
        let place = cell.iter().fold(0, |place, cell| place << bits | cell);
        let found =
            if opaque { &mut self.opaque[place] } else { &mut self.others[place << 4 | usize::from(alpha >> 4)] };
        if *found == 0 {
            let half = (1 << (8 - bits)) as f32 / 2.0;
            let middle = |cell: usize| (cell << (8 - bits)) as f32 + half - 0.5;
            let alpha = if opaque { 255.0 } else { middle(usize::from(alpha >> 4)) };
            let [r, g, b] = cell.map(middle);
            *found = nearest(&self.points, &point([r, g, b, alpha])) as u16 + 1;
        }
        (*found - 1) as u8
    }
}
