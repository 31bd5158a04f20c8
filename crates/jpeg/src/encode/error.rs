/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A side of 0, or above the 65,535 that a frame header can hold.
    #[error("a JPEG of {width}×{height} pixels")]
    Size {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A strip with other than the planes and bytes that it should have, one too many, or one that is missing.
    #[error("a strip of the wrong shape, or a wrong number of them")]
    Strip,
    /// The file would have more bytes than are allowed.
    #[error("{bytes} bytes at least where {allowed} are allowed")]
    TooLarge {
        /// What the file has at least.
        bytes: u64,
        /// What the caller allows.
        allowed: u64,
    },
    /// The caller's check told the encoder to stop.
    #[error("interrupted")]
    Interrupted,
}
