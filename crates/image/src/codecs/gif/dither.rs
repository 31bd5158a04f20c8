use super::palette::Palette;
use super::pixels::rgb;

/// Sixteenths of an error that are passed on: less than all of it, so that flat areas stay calm and compress.
const STRENGTH: i32 = 8;

/// Error diffusion (R. Floyd, L. Steinberg, "An adaptive algorithm for spatial greyscale", 1976) over the pixels that
/// are drawn. Those that are not take no error and pass none on, so that what does not change stays as it is.
pub(super) struct Dither {
    /// Errors for the row at hand and the next one, in sixteenths; one more on each side.
    errors: [Vec<[i32; 3]>; 2],
}

impl Dither {
    /// For rows of `width` pixels.
    pub fn new(width: usize) -> Self {
        Self { errors: [vec![[0; 3]; width + 2], vec![[0; 3]; width + 2]] }
    }

    /// Appends the indices of a row of pixels; `None` becomes `skipped`.
    pub fn row(
        &mut self,
        pixels: impl Iterator<Item = Option<u32>>,
        palette: &mut Palette,
        skipped: u8,
        indices: &mut Vec<u8>,
    ) {
        let [here, below] = &mut self.errors;
        let mut right = [0; 3];
        for (x, pixel) in pixels.enumerate() {
            let Some(pixel) = pixel else {
                right = [0; 3];
                indices.push(skipped);
                continue;
            };
            let given = rgb(pixel);
            let mut wanted = [0; 3];
            for channel in 0..3 {
                let error = (here[x + 1][channel] + right[channel] + 8) >> 4;
                wanted[channel] = (i32::from(given[channel]) + error).clamp(0, 255);
            }
            let index = palette.nearest(wanted.map(|v| v as u8));
            let made = palette.colour(index);
            for channel in 0..3 {
                let error = (wanted[channel] - i32::from(made[channel])) * STRENGTH / 16;
                right[channel] = error * 7;
                below[x][channel] += error * 3;
                below[x + 1][channel] += error * 5;
                below[x + 2][channel] += error;
            }
            indices.push(index);
        }
        here.fill([0; 3]);
        self.errors.swap(0, 1);
    }
}
