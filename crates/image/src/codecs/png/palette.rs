use ::png::BitDepth;
use lightmill_recipe::Size;

use crate::{Layout, Picture};

/// Places of the table of known colours: four times as many as there are colours, so that most are found at once.
const TABLE: usize = 1024;

/// A picture in at most 256 colours.
pub(super) struct Indexed {
    size: Size,
    /// One byte for each pixel, in the order in which they are written.
    indices: Vec<u8>,
    /// Red, green, blue and alpha; those that are not opaque come first, so that `tRNS` ends with them.
    colours: Vec<[u8; 4]>,
}

impl Indexed {
    /// The picture (of 8 bits, not planar) if it has at most `most` colours.
    pub fn exact(picture: &Picture, most: usize) -> Option<Self> {
        if picture.layout().is_wide() {
            return None;
        }
        let mut known = Known::new(most);
        let mut indices = Vec::new();
        let mut last = ([0; 4], None);
        for y in 0..picture.size().height {
            let mut take = |pixel: [u8; 4]| -> Option<()> {
                if last.0 != pixel || last.1.is_none() {
                    last = (pixel, Some(known.index(pixel)?));
                }
                indices.push(last.1?);
                Some(())
            };
            pixels(picture.layout(), picture.row(y)).try_for_each(&mut take)?;
        }
        Some(Self::new(picture.size(), indices, &known.colours))
    }

    /// A picture of these indices, one for each pixel, into these colours.
    pub fn new(size: Size, mut indices: Vec<u8>, colours: &[[u8; 4]]) -> Self {
        let mut order: Vec<usize> = (0..colours.len()).collect();
        order.sort_by_key(|index| colours[*index][3] == 255);
        let mut place = [0; 256];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new as u8;
        }
        for index in &mut indices {
            *index = place[usize::from(*index)];
        }
        Self { size, indices, colours: order.into_iter().map(|old| colours[old]).collect() }
    }

    /// Bits of an index.
    pub fn depth(&self) -> BitDepth {
        match self.colours.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=16 => BitDepth::Four,
            _ => BitDepth::Eight,
        }
    }

    /// The bodies of `PLTE` and `tRNS`.
    pub fn chunks(&self) -> (Vec<u8>, Vec<u8>) {
        let palette = self.colours.iter().flat_map(|colour| colour[..3].iter().copied()).collect();
        let transparency = self.colours.iter().map(|colour| colour[3]).take_while(|alpha| *alpha < 255).collect();
        (palette, transparency)
    }

    /// Appends the indices of row `y`, the first in the highest bits of its byte (PNG third edition, section 7.2).
    pub fn pack(&self, y: u32, line: &mut Vec<u8>) {
        let width = self.size.width as usize;
        let row = &self.indices[y as usize * width..][..width];
        let bits = self.depth() as usize;
        if bits == 8 {
            return line.extend_from_slice(row);
        }
        let pack = |group: &[u8]| {
            let shifted = group.iter().enumerate().map(|(i, index)| index << (8 - bits * (i + 1)));
            shifted.fold(0, |byte, index| byte | index)
        };
        line.extend(row.chunks(8 / bits).map(pack));
    }
}

/// Pixels of a row of 8-bit samples as RGBA.
pub(super) fn pixels(layout: Layout, row: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let channels = layout.channels();
    row.chunks_exact(channels).map(move |pixel| match *pixel {
        [r, g, b, alpha] => [r, g, b, alpha],
        [r, g, b] => [r, g, b, 255],
        _ => [pixel[0], pixel[0], pixel[0], 255],
    })
}

/// Colours so far, each with the place in which it was found.
struct Known {
    colours: Vec<[u8; 4]>,
    most: usize,
    /// Index of a colour plus 1; 0 is free.
    table: Vec<u16>,
}

impl Known {
    fn new(most: usize) -> Self {
        Self { colours: Vec::new(), most: most.min(256), table: vec![0; TABLE] }
    }

    /// `None` if the colour is one too many.
    fn index(&mut self, colour: [u8; 4]) -> Option<u8> {
        // Knuth's multiplicative hashing: the upper bits depend on all.
        let mut slot = (u32::from_le_bytes(colour).wrapping_mul(2_654_435_769) >> 22) as usize;
        loop {
            match self.table[slot] {
                0 if self.colours.len() == self.most => return None,
                0 => {
                    self.colours.push(colour);
                    self.table[slot] = self.colours.len() as u16;
                    return Some((self.colours.len() - 1) as u8);
                }
                // At most 256 of 1024 slots are taken, so that a free one is always met.
                found if self.colours[usize::from(found) - 1] == colour => return Some((found - 1) as u8),
                _ => slot = (slot + 1) % TABLE,
            }
        }
    }
}
