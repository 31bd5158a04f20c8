use crate::frame::Component;
use crate::geometry::Area;

/// The coefficients of one component that a reduction keeps, for the blocks of an area.
pub(super) struct Store<const SLOTS: usize> {
    area: Area,
    /// Blocks of the area in rows, and one more, for whatever is not wanted.
    values: Vec<[i16; SLOTS]>,
    /// For all blocks of the component up to the last wanted row: which coefficients are not 0, by zigzag index. Empty if
    /// no refinement needs to know.
    nonzero: Vec<u64>,
    across: usize,
}

impl<const SLOTS: usize> Store<SLOTS> {
    /// Zeros for the blocks of `area`, which may reach beyond the component's edges.
    pub fn new(component: &Component, area: Area, with_nonzero: bool) -> Self {
        let rows = area.rows.end.min(component.blocks.1);
        let nonzero = if with_nonzero { vec![0; component.blocks.0 * rows] } else { Vec::new() };
        Self { values: vec![[0; SLOTS]; area.count() + 1], area, nonzero, across: component.blocks.0 }
    }

    /// Bytes that [`Self::new`] allocates.
    pub fn bytes(component: &Component, area: &Area, with_nonzero: bool) -> usize {
        let rows = area.rows.end.min(component.blocks.1);
        (area.count() + 1) * SLOTS * size_of::<i16>() + if with_nonzero { component.blocks.0 * rows * 8 } else { 0 }
    }

    /// Whether this block is in the area.
    #[inline(always)]
    pub fn wants(&self, column: usize, row: usize) -> bool {
        self.area.rows.contains(&row) && self.area.columns.contains(&column)
    }

    /// The slots of a block; of a spare one for blocks outside the area.
    #[inline(always)]
    pub fn block(&mut self, column: usize, row: usize) -> &mut [i16; SLOTS] {
        let spare = self.values.len() - 1;
        let index = if self.wants(column, row) {
            (row - self.area.rows.start) * self.area.columns.len() + column - self.area.columns.start
        } else {
            spare
        };
        &mut self.values[index]
    }

    /// Which coefficients of a block are known not to be 0.
    #[inline(always)]
    pub fn nonzero(&self, column: usize, row: usize) -> u64 {
        self.nonzero.get(row * self.across + column).copied().unwrap_or(0)
    }

    #[inline(always)]
    pub fn set_nonzero(&mut self, column: usize, row: usize, bits: u64) {
        if let Some(nonzero) = self.nonzero.get_mut(row * self.across + column) {
            *nonzero = bits;
        }
    }

    /// The values of a row of the area's blocks, counted from its first.
    pub fn row(&self, row: usize) -> &[i16] {
        let across = self.area.columns.len();
        self.values[row * across..(row + 1) * across].as_flattened()
    }
}
