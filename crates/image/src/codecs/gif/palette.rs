/// Colours of a palette; one of the 256 indices is left for what is not drawn.
pub(super) const COLOURS: usize = 255;

/// Slots of the table of exact colours, a power of two well above [`COLOURS`].
const SLOTS: usize = 1024;
/// Marks what is not known yet.
const UNKNOWN: u16 = u16::MAX;

/// At most [`COLOURS`] colours, found by their value or by what is next to them.
#[derive(Clone)]
pub(super) struct Palette {
    colours: Vec<[u8; 3]>,
    /// By the hash of its value, a colour's index.
    slots: Vec<u16>,
    /// By cell of the colour space, the index of the colour nearest to its middle.
    nearest: Vec<u16>,
    channels: Box<Channels>,
}

impl Palette {
    /// A palette of these colours, which are few enough.
    pub fn new(colours: &[[u8; 3]]) -> Self {
        let mut palette = Self {
            colours: Vec::new(),
            slots: vec![UNKNOWN; SLOTS],
            nearest: Vec::new(),
            channels: Box::new([[FAR; COLOURS + 1]; 3]),
        };
        for colour in colours {
            palette.insert(*colour);
        }
        palette
    }

    /// Number of colours.
    pub fn len(&self) -> usize {
        self.colours.len()
    }

    /// Red, green and blue of all colours.
    pub fn table(&self) -> &[u8] {
        self.colours.as_flattened()
    }

    /// The colour at `index`, which the palette gave.
    pub fn colour(&self, index: u8) -> [u8; 3] {
        self.colours[usize::from(index)]
    }

    /// The index of just this colour, which is added if it is new and there is room.
    pub fn insert(&mut self, colour: [u8; 3]) -> Option<u8> {
        let [r, g, b] = colour;
        let hash = u32::from_be_bytes([0, r, g, b]).wrapping_mul(0x9E37_79B1) >> 22;
        let mut slot = hash as usize;
        loop {
            match self.slots[slot] {
                UNKNOWN if self.colours.len() == COLOURS => return None,
                UNKNOWN => {
                    let index = self.colours.len() as u8;
                    self.slots[slot] = index.into();
                    for (channel, value) in self.channels.iter_mut().zip(colour) {
                        channel[self.colours.len()] = value.into();
                    }
                    self.colours.push(colour);
                    self.nearest.clear();
                    return Some(index);
                }
                index if self.colours[usize::from(index)] == colour => return Some(index as u8),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }

    /// The index of the colour nearest to the middle of the cell in which `colour` lies; 0 in an empty palette.
    pub fn nearest(&mut self, colour: [u8; 3]) -> u8 {
        if self.nearest.is_empty() {
            self.nearest.resize(CELLS, UNKNOWN);
        }
        let cell = cell_of(colour);
        if self.nearest[cell] == UNKNOWN {
            self.nearest[cell] = search(&self.channels, middle_of(cell)).into();
        }
        self.nearest[cell] as u8
    }
}

/// Colours that agree in the upper 6 bits of each channel share what is nearest to them.
const CELLS: usize = 1 << 18;

fn cell_of([r, g, b]: [u8; 3]) -> usize {
    usize::from(r >> 2) << 12 | usize::from(g >> 2) << 6 | usize::from(b >> 2)
}

fn middle_of(cell: usize) -> [u8; 3] {
    [cell >> 12, cell >> 6 & 63, cell & 63].map(|upper| (upper << 2 | 2) as u8)
}

/// Of each channel in turn, the values of all colours; what is no colour is far from every one.
type Channels = [[i16; COLOURS + 1]; 3];
const FAR: i16 = 1000;

/// The index of the nearest colour by squared distance, the first of several.
fn search(channels: &Channels, colour: [u8; 3]) -> u8 {
    let [r, g, b] = colour.map(i16::from);
    let [reds, greens, blues] = channels;
    let mut best = i32::MAX;
    for (index, ((red, green), blue)) in (0..).zip(reds.iter().zip(greens).zip(blues)) {
        let square = |difference: i16| i32::from(difference) * i32::from(difference);
        let distance = square(red - r) + square(green - g) + square(blue - b);
        // Distance and index in one number, whose least is found without branches.
        best = best.min(distance << 8 | index);
    }
    best as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_found_again() {
        let colours: Vec<[u8; 3]> = (0..=255u8).map(|i| [i, i.wrapping_mul(7), 255 - i]).collect();
        let mut palette = Palette::new(&colours[..COLOURS]);
        assert_eq!(palette.len(), COLOURS);
        for (index, colour) in colours[..COLOURS].iter().enumerate() {
            assert_eq!(palette.insert(*colour), Some(index as u8));
            assert_eq!(palette.colour(index as u8), *colour);
        }
        assert_eq!(palette.insert(colours[COLOURS]), None);
        assert_eq!(palette.insert([9, 9, 9]), None);
    }

    #[test]
    fn the_nearest_colour_is_near() {
        let mut palette = Palette::new(&[[0, 0, 0], [255, 255, 255], [250, 10, 10]]);
        for (colour, index) in [([20, 20, 30], 0), ([200, 220, 210], 1), ([180, 40, 60], 2)] {
            assert_eq!(palette.nearest(colour), index);
        }
        palette.insert([180, 40, 60]);
        assert_eq!(palette.nearest([181, 41, 61]), 3);
    }
}
