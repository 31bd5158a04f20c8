use crate::{Decoder, Error};

/// What is wanted of a file.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// The size of the planes.
    pub scale: Scale,
    /// The part of the scaled picture that is wanted, in its luma samples; `None` is all of it.
    pub region: Option<Rect>,
    /// How much of a progressive file is read.
    pub refinement: Refinement,
    /// Bounds on the work.
    pub limits: Limits,
    /// What happens when entropy-coded data are damaged.
    pub on_damage: OnDamage,
    /// Asked once for each row of MCUs; `true` ends the work with [`Error::Interrupted`](crate::Error::Interrupted).
    pub interrupt: Option<&'a dyn Fn() -> bool>,
}

/// How far the inverse DCT reduces: each block of 8×8 samples becomes one of N×N. Sides are rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// One sample from each block: only DC coefficients are used.
    #[default]
    Eighth,
    /// 2×2 samples from each block.
    Quarter,
    /// 4×4 samples from each block.
    Half,
    /// 6×6 samples from each block. Nearly all coefficients are read.
    ThreeQuarters,
    /// 8×8 samples from each block: the stored size.
    Full,
}

impl Scale {
    /// N, the samples of a block's side.
    pub const fn block(self) -> usize {
        match self {
            Self::Eighth => 1,
            Self::Quarter => 2,
            Self::Half => 4,
            Self::ThreeQuarters => 6,
            Self::Full => 8,
        }
    }
}

/// A rectangle of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Which scans of a progressive file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refinement {
    /// All that hold a wanted coefficient: samples are those of a whole decode.
    #[default]
    Exact,
    /// Not the refinements of AC coefficients whose loss is predicted to leave each plane at 46 dB or better: at
    /// [`Scale::Quarter`] any of them, at [`Scale::Half`] only the last, at the larger scales none. What is missing is put
    /// in the middle.
    Visible,
}

/// Bounds on the work. What exceeds them is an [`Error::Limit`](crate::Error::Limit) before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the stored picture.
    pub pixels: u64,
    /// Bytes of planes and coefficients that are held at once; tables of a constant size are not counted.
    pub memory_bytes: u64,
    /// Scans of one file; each costs a pass over blocks, however few bytes it has.
    pub scans: u32,
}

impl Default for Limits {
    /// 2²⁸ pixels, 1 GiB, 200 scans.
    fn default() -> Self {
        Self { pixels: 1 << 28, memory_bytes: 1 << 30, scans: 200 }
    }
}

/// What happens when entropy-coded data are damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDamage {
    /// Planes hold what could be read, and mid-grey (128) where nothing was; the damage is told beside them.
    #[default]
    Keep,
    /// An [`Error::Damaged`](crate::Error::Damaged).
    Refuse,
}

impl Limits {
    /// Refuses more scans than are allowed.
    pub(crate) fn check_scans(&self, scans: usize) -> Result<(), Error> {
        let (actual, allowed) = (scans as u64, u64::from(self.scans));
        if actual > allowed { Err(Error::Limit { limit: "scans", actual, allowed }) } else { Ok(()) }
    }
}

impl Options<'_> {
    /// Whether the caller wants the work to end.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupt.is_some_and(|interrupt| interrupt())
    }
}

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("size", &self.size()).finish_non_exhaustive()
    }
}
