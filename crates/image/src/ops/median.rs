use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// Each sample replaced by the median of the square of `side` samples around it, of an even number of them the upper one;
/// of an even side, more of the square lies left and above. Beyond the edges the outermost pixels repeat, and alpha takes
/// part like the others (libvips' `median`).
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8. Time grows with `side`, as the histogram
/// under the square loses and gains a column for each pixel.
pub fn median(picture: Picture, side: u32, cancel: &Cancel) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let side = i64::from(side.max(1));
    let (size, channels) = (picture.size(), picture.layout().channels());
    let (width, height) = (i64::from(size.width), i64::from(size.height));
    let mut made = Picture::blank(size, picture.layout()).with_icc(picture.icc.clone());
    let rank = (side * side / 2) as u32;
    for y in 0..height {
        cancel.check()?;
        let first = y - side / 2;
        let rows: Vec<&[u8]> = (first..first + side).map(|row| picture.row(row.clamp(0, height - 1) as u32)).collect();
        for channel in 0..channels {
            let column = |x: i64| x.clamp(0, width - 1) as usize * channels + channel;
            let mut window = Window::default();
            let left = -(side / 2);
            (left..left + side).for_each(|x| rows.iter().for_each(|row| window.add(row[column(x)])));
            for x in 0..width {
                made.row_mut(y as u32)[x as usize * channels + channel] = window.ranked(rank);
                let (leaves, comes) = (column(x + left), column(x + left + side));
                for row in &rows {
                    window.remove(row[leaves]);
                    window.add(row[comes]);
                }
            }
        }
    }
    Ok(made)
}

/// A histogram, and a value that moves along it.
struct Window {
    counts: [u32; 256],
    value: u8,
    /// Samples below that value.
    below: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { counts: [0; 256], value: 0, below: 0 }
    }
}

impl Window {
    fn add(&mut self, sample: u8) {
        self.counts[usize::from(sample)] += 1;
        self.below += u32::from(sample < self.value);
    }

    fn remove(&mut self, sample: u8) {
        self.counts[usize::from(sample)] -= 1;
        self.below -= u32::from(sample < self.value);
    }

    /// The sample that so many others come before in order.
    fn ranked(&mut self, rank: u32) -> u8 {
        while self.below > rank {
            self.value -= 1;
            self.below -= self.counts[usize::from(self.value)];
        }
        while self.value < 255 && self.below + self.counts[usize::from(self.value)] <= rank {
            self.below += self.counts[usize::from(self.value)];
            self.value += 1;
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;
    use proptest::prelude::*;

    use super::*;

    /// By sorting.
    fn exact(picture: &Picture, side: i64) -> Vec<u8> {
        let (width, height) = (i64::from(picture.size().width), i64::from(picture.size().height));
        let mut made = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let mut samples = Vec::new();
                for row in y - side / 2..y - side / 2 + side {
                    for column in x - side / 2..x - side / 2 + side {
                        samples.push(picture.row(row.clamp(0, height - 1) as u32)[column.clamp(0, width - 1) as usize]);
                    }
                }
                samples.sort_unstable();
                made.push(samples[samples.len() / 2]);
            }
        }
        made
    }

    proptest! {
        #[test]
        fn sorted_neighbours_have_it_in_the_middle(side in 1..9u32, width in 1..12u32, samples in proptest::collection::vec(any::<u8>(), 12..99)) {
            let height = samples.len() as u32 / width;
            let size = Size::new(width, height);
            let samples = samples[..(width * height) as usize].to_vec();
            let picture = Picture::interleaved(size, Layout::Grey, samples).unwrap();
            let made = median(picture.clone(), side, &Cancel::default()).unwrap();
            prop_assert_eq!(&made.planes()[0].data, &exact(&picture, i64::from(side)));
        }
    }

    #[test]
    fn channels_are_ranked_by_themselves() {
        let samples = vec![1, 9, 0, 255, 2, 8, 0, 0, 3, 7, 0, 0];
        let picture = Picture::interleaved(Size::new(3, 1), Layout::Rgba, samples).unwrap();
        let made = median(picture, 3, &Cancel::default()).unwrap();
        assert_eq!(made.row(0), [1, 9, 0, 255, 2, 8, 0, 0, 3, 7, 0, 0]);
    }
}
