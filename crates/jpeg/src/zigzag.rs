//! Orders of coefficients. Files have them in zigzag order; reduced blocks keep the upper left N×N in rows.

/// Index in natural order (row × 8 + column) of each coefficient of the zigzag order (ITU-T T.81, figure A.6).
pub(crate) const NATURAL: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Slot of coefficients that a reduced block does not keep, in a scratch block of [`SCRATCH`] values: the last one.
/// Where fewer values do, a power of two, slots are taken modulo it.
pub(crate) const UNWANTED: u8 = 63;
/// Values of a scratch block: the slots of the largest reduced block, [`UNWANTED`], and a power of two.
pub(crate) const SCRATCH: usize = 64;

/// Slots of one row of a block reduced to n×n: those of 6×6 are padded to what is loaded at once.
pub(crate) const fn pitch(n: usize) -> usize {
    if n == 6 { 8 } else { n }
}

/// For each zigzag index its slot, row × [`pitch`] + column, in a block reduced to n×n, or [`UNWANTED`].
pub(crate) const fn slots(n: usize) -> [u8; 64] {
    let mut slots = [UNWANTED; 64];
    let mut k = 0;
    while k < 64 {
        let (row, column) = (NATURAL[k] as usize / 8, NATURAL[k] as usize % 8);
        if row < n && column < n {
            slots[k] = (row * pitch(n) + column) as u8;
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
}
