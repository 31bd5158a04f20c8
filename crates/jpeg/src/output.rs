use crate::Damage;

/// A decoded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// One plane for each component, in the order of the frame header: grey, or three whose colours the file's markers
    /// tell (Y'CbCr as a rule).
    pub planes: Vec<Plane>,
    /// Whether entropy-coded data were damaged.
    pub damage: Option<Damage>,
}

/// The samples of one component, at its own resolution. It covers all MCUs that meet the wanted region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Column of the scaled component at which the plane starts.
    pub x: u32,
    /// Row of the scaled component at which the plane starts.
    pub y: u32,
    /// Bytes from the start of one row to the next.
    pub stride: usize,
    /// `stride` × `height` samples of 0 to 255.
    pub data: Vec<u8>,
    /// How fine the component is.
    pub sampling: Sampling,
}

/// Sampling factors of a component (ITU-T T.81, section A.1.1). A component with half the factor of another has half
/// as many samples in that direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Across: 1 to 4.
    pub horizontal: u8,
    /// Down: 1 to 4.
    pub vertical: u8,
}
