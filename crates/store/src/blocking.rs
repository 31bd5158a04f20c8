use crate::Error;

/// File systems block, and a network file system may block for long: never on a thread that serves others.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::unavailable)?
}
