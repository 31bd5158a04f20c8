use super::plane::Plane;

/// Side of the square whose sum stands for a place, in pixels.
const CELL: usize = 3;

/// Side of the square of three by three such squares that a code describes.
const BLOCK: usize = 3 * CELL;

/// The eight squares around the middle one, as columns and rows of squares; the first has the highest bit.
const AROUND: [(usize, usize); 8] = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)];

/// For each place of a plane which of the squares around are not brighter than the middle: a byte whatever the light is
/// ("locally assembled binary features").
#[derive(Debug)]
pub(super) struct Codes {
    /// Codes of a row.
    pub(super) width: usize,
    pub(super) data: Vec<u8>,
}

impl Codes {
    /// The code at column x and row y is that of the block whose upper left pixel lies there. Both sides of `plane` are
    /// [`BLOCK`] or more.
    pub(super) fn of(plane: &Plane) -> Self {
        let sums = sums(plane);
        let (width, height) = (plane.width - BLOCK + 1, plane.height - BLOCK + 1);
        let sums_width = plane.width - CELL + 1;
        let mut data = vec![0; width * height];
        for (y, codes) in data.chunks_exact_mut(width).enumerate() {
            let cells = |column: usize, row: usize| &sums[(y + row * CELL) * sums_width + column * CELL..][..width];
            let middle = cells(1, 1);
            for (bit, (column, row)) in AROUND.into_iter().enumerate() {
                let bit = 0x80 >> bit;
                for ((code, middle), cell) in codes.iter_mut().zip(middle).zip(cells(column, row)) {
                    *code |= if middle >= cell { bit } else { 0 };
                }
            }
        }
        Self { width, data }
    }
}

/// The sum of each square of [`CELL`] by [`CELL`] pixels, by its upper left pixel.
fn sums(plane: &Plane) -> Vec<u16> {
    let width = plane.width - CELL + 1;
    let mut sums = Vec::with_capacity(width * (plane.height - CELL + 1));
    let mut columns = vec![0_u16; plane.width];
    for y in 0..=plane.height - CELL {
        let rows = plane.row(y).iter().zip(plane.row(y + 1)).zip(plane.row(y + 2));
        for (sum, ((a, b), c)) in columns.iter_mut().zip(rows) {
            *sum = u16::from(*a) + u16::from(*b) + u16::from(*c);
        }
        sums.extend(columns.windows(CELL).map(|three| three.iter().sum::<u16>()));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_says_that_a_square_is_not_brighter_than_the_middle() {
        let bright = |column: usize, row: usize| {
            let mut plane = Plane { width: 9, height: 9, data: vec![100; 81] };
            plane.data[(row * 3 + 1) * 9 + column * 3 + 1] += 1;
            Codes::of(&plane).data
        };
        assert_eq!(bright(1, 1), [0xff]);
        assert_eq!([bright(0, 0), bright(1, 0), bright(2, 0)], [[0x7f], [0xbf], [0xdf]]);
        assert_eq!([bright(0, 1), bright(2, 1)], [[0xef], [0xf7]]);
        assert_eq!([bright(0, 2), bright(1, 2), bright(2, 2)], [[0xfb], [0xfd], [0xfe]]);
    }

    #[test]
    fn every_place_has_its_own() {
        let plane = Plane { width: 11, height: 10, data: (0..110).map(|i| (i * 37 % 251) as u8).collect() };
        let codes = Codes::of(&plane);
        assert_eq!((codes.width, codes.data.len()), (3, 6));
        let moved = Plane { width: 9, height: 9, data: (1..10).flat_map(|y| plane.row(y)[2..11].to_vec()).collect() };
        assert_eq!(Codes::of(&moved).data, [codes.data[5]]);
    }
}
