//! Orders of coefficients. Files have them in zigzag order; reduced blocks keep the upper left N×N in rows, and whole
//! ones all of them in the order of the inverse DCT's registers.

/// Index in natural order (row × 8 + column) of each coefficient of the zigzag order (ITU-T T.81, figure A.6).
pub(crate) const NATURAL: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Slot of coefficients that a reduced block does not keep: the last one of a scratch block of [`SCRATCH`] values, modulo
/// which slots are taken.
pub(crate) const UNWANTED: u8 = 127;
/// Values of a scratch block: the slots of a whole block, or those of the largest reduced block and [`UNWANTED`].
pub(crate) const SCRATCH: usize = 64;

/// The slot of a coefficient in a block reduced to n×n, which keeps it.
pub(crate) const fn slot(n: usize, row: usize, column: usize) -> usize {
    match n {
        8 => whole(row, column),
        // Padded to what is loaded at once.
        6 => row * 8 + column,
        n => row * n + column,
    }
}

/// The slot in a whole block. Its inverse DCT takes columns in pairs, those that it multiplies and adds at once, and has
/// eight rows of a pair side by side: the order in which they come out as such pairs again.
const fn whole(row: usize, column: usize) -> usize {
    // Pairs are 0 and 4, 2 and 6, 1 and 3, 5 and 7.
    const PLACES: [usize; 8] = [0, 4, 2, 5, 1, 6, 3, 7];
    let (pair, second) = (PLACES[column] / 2, PLACES[column] % 2);
    pair * 16 + PLACES[row] * 2 + second
}

/// For each zigzag index its slot in a block reduced to n×n, or [`UNWANTED`].
pub(crate) const fn slots(n: usize) -> [u8; 64] {
    let mut slots = [UNWANTED; 64];
    let mut k = 0;
    while k < 64 {
        let (row, column) = (NATURAL[k] as usize / 8, NATURAL[k] as usize % 8);
        if row < n && column < n {
            slots[k] = slot(n, row, column) as u8;
        }
        k += 1;
    }
    slots
}

/// The last zigzag index that a block reduced to n×n keeps.
pub(crate) const fn last(n: usize) -> u32 {
    let slots = slots(n);
    let mut k = 63;
    while slots[k] == UNWANTED {
        k -= 1;
    }
    k as u32
}

/// The zigzag indices that a block reduced to n×n keeps, as bits.
pub(crate) const fn wanted(n: usize) -> u64 {
    let slots = slots(n);
    let mut bits = 0;
    let mut k = 0;
    while k < 64 {
        if slots[k] != UNWANTED {
            bits |= 1 << k;
        }
        k += 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduced_blocks_keep_their_corner() {
        assert_eq!((last(1), last(2), last(4)), (0, 4, 24));
        assert_eq!((wanted(1), wanted(2)), (1, 0b1_0111));
        assert_eq!((wanted(4).count_ones(), slots(4)[24], slots(2)[4]), (16, 15, 3));
        assert_eq!((wanted(6).count_ones(), last(6), slots(6)[51], slots(6)[52]), (36, 51, 45, UNWANTED));
    }

    #[test]
    fn whole_blocks_keep_everything_once() {
        let mut slots = slots(8);
        slots.sort_unstable();
        assert_eq!(slots, std::array::from_fn(|slot| slot as u8));
        assert_eq!((last(8), wanted(8), slot(8, 0, 4), slot(8, 4, 0), slot(8, 1, 7)), (63, u64::MAX, 1, 2, 57));
    }
}
