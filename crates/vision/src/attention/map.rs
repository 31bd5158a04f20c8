use lightmill_image::Picture;

/// Cells of the longer side. Texture finer than a cell is not what the eye is drawn to.
const LONGER: usize = 64;

/// The direction of skin's colour in linear light, of any brightness: the ratio of red, green and blue matters.
const SKIN: [f32; 3] = [0.83, 0.43, 0.32];

/// Distance from that direction at which a colour counts for no skin, in lengths of the vector.
const SKIN_REACH: f32 = 0.25;

/// Lightness (CIE L*) from which on a colour is fully seen. In black there is none, whatever its noise says.
const LIT: f32 = 40.0;

/// How much less a place in a corner counts than one in the middle, where photographers put what a picture is about.
const AWAY: f32 = 0.5;

/// What each of the three counts at most.
const MOST: f32 = 100.0;

/// A number for each cell of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Map {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) cells: Vec<f32>,
}

impl Map {
    /// How much each place of an RGB picture draws the eye, 0 to 300, and its surroundings with it.
    pub(super) fn of(picture: &Picture) -> Self {
        let (width, height) = cells(picture.size().width as usize, picture.size().height as usize);
        let colours = means(picture, width, height);
        let labs: Vec<[f32; 3]> = colours.iter().map(|colour| lab(*colour)).collect();
        let seen = |place: usize, value: f32| value * (labs[place][0] / LIT).min(1.0);
        let places = 0..colours.len();
        let edges = places.clone().map(|place| edge(&labs, place, width, height)).collect();
        let skins = places.clone().map(|place| seen(place, skin(colours[place]))).collect();
        let saturations = places.map(|place| seen(place, labs[place][1].hypot(labs[place][2]).min(MOST))).collect();
        let mut all = Self { width, height, cells: vec![0.0; colours.len()] };
        for cells in [edges, skins, saturations] {
            // Wide enough that many small things close together outdo a single one.
            let map = Self { cells, ..all }.blurred(LONGER as f32 / 20.0);
            let weight = map.rarity();
            all.cells.iter_mut().zip(map.cells).for_each(|(all, cell)| *all += weight * cell);
        }
        for (place, cell) in all.cells.iter_mut().enumerate() {
            let away = |place: usize, side: usize| (place as f32 + 0.5) / side as f32 - 0.5;
            let (across, down) = (away(place % width, width), away(place / width, height));
            *cell *= 1.0 - 2.0 * AWAY * (across * across + down * down);
        }
        all
    }

    /// How much the strongest place stands out from all others, 0 to 1: what is everywhere, as the colour of a wall or a
    /// wooden table, draws no eye. After L. Itti, C. Koch and E. Niebur, "A model of saliency-based visual attention for rapid
    /// scene analysis", IEEE PAMI 20, 1998, section 2.1.
    fn rarity(&self) -> f32 {
        let most = self.cells.iter().copied().fold(0.0, f32::max);
        ((most - self.mean()) / MOST).powi(2)
    }

    /// The mean of all cells.
    pub(super) fn mean(&self) -> f32 {
        self.cells.iter().sum::<f32>() / self.cells.len() as f32
    }

    fn blurred(&self, sigma: f32) -> Self {
        let reach = (3.0 * sigma).ceil() as usize;
        let weights: Vec<f32> =
            (0..=reach).map(|away| (-((away * away) as f32) / (2.0 * sigma * sigma)).exp()).collect();
        // Of what is half beyond the edge only half counts; a corner would be the place of the loudest noise otherwise.
        let mean = self.mean();
        let across = along(&self.cells, self.width, &weights, mean);
        let turned = transposed(&across, self.width, self.height);
        let down = along(&turned, self.height, &weights, mean);
        Self { cells: transposed(&down, self.height, self.width), ..*self }
    }
}

/// How many cells a picture of that size has each way: no cell is smaller than a pixel.
fn cells(width: usize, height: usize) -> (usize, usize) {
    let longer = width.max(height);
    let wanted = LONGER.min(longer);
    let cells = |side: usize| (side * wanted).div_ceil(longer).max(1);
    (cells(width), cells(height))
}

/// The mean colour of each cell, in linear light, 0 to 1.
fn means(picture: &Picture, width: usize, height: usize) -> Vec<[f32; 3]> {
    let linear: Vec<f32> = (0..=255_u8).map(linear).collect();
    let size = picture.size();
    let mut sums = vec![([0.0_f32; 3], 0.0_f32); width * height];
    for y in 0..size.height {
        let row = y as usize * height / size.height as usize * width;
        for (x, pixel) in picture.row(y).as_chunks::<3>().0.iter().enumerate() {
            let (sum, count) = &mut sums[row + x * width / size.width as usize];
            sum.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += linear[usize::from(*sample)]);
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum.map(|sum| sum / count.max(1.0))).collect()
}

/// IEC 61966-2-1, 5.2.
fn linear(sample: u8) -> f32 {
    let sample = f32::from(sample) / 255.0;
    if sample <= 0.04045 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
}

/// CIE L*a*b* of a linear sRGB colour (CIE 15, section 8.2.1), against D65.
fn lab([red, green, blue]: [f32; 3]) -> [f32; 3] {
    let x = (0.412_4 * red + 0.357_6 * green + 0.180_5 * blue) / 0.950_5;
    let y = 0.212_6 * red + 0.715_2 * green + 0.072_2 * blue;
    let z = (0.019_3 * red + 0.119_2 * green + 0.950_5 * blue) / 1.089;
    let root = |t: f32| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = [x, y, z].map(root);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How much a colour looks like skin.
fn skin(colour: [f32; 3]) -> f32 {
    let length = |vector: [f32; 3]| vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    let (of_colour, of_skin) = (length(colour), length(SKIN));
    if of_colour == 0.0 {
        return 0.0;
    }
    let mut away = [0.0; 3];
    for (place, away) in away.iter_mut().enumerate() {
        *away = colour[place] / of_colour - SKIN[place] / of_skin;
    }
    MOST * (1.0 - length(away) / SKIN_REACH).max(0.0)
}

/// How much the lightness of a cell differs from that of the four around; beyond the edge is more of the same.
fn edge(labs: &[[f32; 3]], place: usize, width: usize, height: usize) -> f32 {
    let (x, y) = (place % width, place / width);
    let at = |x: usize, y: usize| labs[y * width + x][0];
    let around = at(x.saturating_sub(1), y)
        + at((x + 1).min(width - 1), y)
        + at(x, y.saturating_sub(1))
        + at(x, (y + 1).min(height - 1));
    (2.0 * (4.0 * at(x, y) - around).abs()).min(MOST)
}

/// Each row of `cells` blurred by itself. Beyond its ends all is as `beyond`.
fn along(cells: &[f32], width: usize, weights: &[f32], beyond: f32) -> Vec<f32> {
    let all = 2.0 * weights.iter().sum::<f32>() - weights[0];
    let mut blurred = Vec::with_capacity(cells.len());
    for row in cells.chunks_exact(width) {
        for x in 0..width {
            let (from, to) = (x.saturating_sub(weights.len() - 1), (x + weights.len()).min(width));
            let (mut sum, mut total) = (0.0, 0.0);
            for (place, cell) in row.iter().enumerate().take(to).skip(from) {
                let weight = weights[place.abs_diff(x)];
                sum += weight * cell;
                total += weight;
            }
            blurred.push((sum + (all - total) * beyond) / all);
        }
    }
    blurred
}

fn transposed(cells: &[f32], width: usize, height: usize) -> Vec<f32> {
    (0..width).flat_map(|x| (0..height).map(move |y| cells[y * width + x])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        let near = |colour: [u8; 3], expected: [f32; 3]| {
            let lab = lab(colour.map(linear));
            assert!(lab.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.5), "{colour:?} {lab:?}");
        };
        near([255, 255, 255], [100.0, 0.0, 0.0]);
        near([255, 0, 0], [53.2, 80.1, 67.2]);
        near([0, 0, 255], [32.3, 79.2, -107.9]);
        near([0, 0, 0], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn skin_of_every_tone_is_skin_and_grass_is_not() {
        for tone in [[224, 172, 145], [198, 134, 104], [141, 95, 72], [92, 60, 46]] {
            assert!(skin(tone.map(linear)) > 40.0, "{tone:?}");
        }
        for other in [[60, 140, 50], [90, 140, 220], [128, 128, 128], [255, 255, 255], [0, 0, 0], [255, 0, 0]] {
            assert!(skin(other.map(linear)) < 5.0, "{other:?}: {}", skin(other.map(linear)));
        }
    }

    #[test]
    fn small_and_narrow_pictures_have_cells_too() {
        assert_eq!(
            [cells(480, 320), cells(320, 480), cells(480, 1), cells(5, 3), cells(1, 1)],
            [(64, 43), (43, 64), (64, 1), (5, 3), (1, 1)]
        );
    }

    #[test]
    fn a_blur_keeps_what_is_flat() {
        let flat = Map { width: 7, height: 3, cells: vec![5.0; 21] };
        assert!(flat.blurred(3.0).cells.iter().all(|cell| (cell - 5.0).abs() < 1e-4));
    }
}
