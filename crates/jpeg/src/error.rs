/// Why there are no planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The headers contradict themselves or the standard, or are missing.
    #[error("not a usable JPEG file: {0}")]
    Corrupt(&'static str),
    /// A JPEG file that this decoder leaves to others.
    #[error("{0}")]
    Unsupported(#[from] Unsupported),
    /// One of [`Limits`](crate::Limits) is exceeded.
    #[error("{actual} {limit} where {allowed} are allowed")]
    Limit {
        /// The field's name.
        limit: &'static str,
        /// What the file asks for.
        actual: u64,
        /// What the caller allows.
        allowed: u64,
    },
    /// Entropy-coded data are damaged, and the options ask for whole pictures only.
    #[error("{0}")]
    Damaged(Damage),
    /// The wanted region is empty or not inside of the scaled picture.
    #[error("the region is not inside of the picture")]
    Region,
    /// The caller's check told the decoder to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What of ITU-T T.81 is left to other decoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// Frames of SOF9 and above.
    #[error("arithmetic coding")]
    Arithmetic,
    /// Frames of SOF3, SOF5, SOF6 and SOF7.
    #[error("a lossless or hierarchical process")]
    Process,
    /// Samples of other than 8 bits.
    #[error("{0}-bit samples")]
    Bits(u8),
    /// Other than 1 or 3 components.
    #[error("{0} components")]
    Components(u8),
    /// A component whose sampling factors do not divide the largest ones, or more than 10 blocks in an MCU.
    #[error("unusual sampling factors")]
    Sampling,
    /// Two components of one name.
    #[error("components of the same name")]
    ComponentNames,
    /// A height that only follows the first scan (DNL).
    #[error("a height after the first scan")]
    Height,
}

/// What was wrong with entropy-coded data from which planes were made nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Data end, or a restart interval ends, before its last block.
    #[error("entropy-coded data are cut off")]
    Truncated,
    /// A code that its table lacks, too many coefficients, or a header between scans that cannot be read.
    #[error("entropy-coded data are damaged")]
    Corrupt,
}
