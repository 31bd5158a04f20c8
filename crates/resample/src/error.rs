/// Why nothing was resampled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Samples, kernels and sizes do not belong together.
    #[error("{0}")]
    Mismatch(String),
    /// The caller said so.
    #[error("stopped")]
    Stopped,
}
