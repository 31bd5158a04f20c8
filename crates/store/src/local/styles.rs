use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::Stamp;
use crate::{Error, Style, Styles};

/// How long the file is taken to be unchanged.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Styles in a JSON file, `{"name": {"style": "image/resize,w_100"}}`, as the open-source OSS servers keep them.
///
/// The file is read again when its time or size changes. If it cannot be read then, the styles stay as they were, and
/// the mistake is logged.
#[derive(Debug)]
pub struct StyleFile {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    checked: Instant,
    stamp: Stamp,
    styles: Arc<Entries>,
}

/// Styles by name.
type Entries = HashMap<String, Entry>;

/// Other fields belong to other servers and are passed over.
#[derive(Debug, Deserialize)]
struct Entry {
    style: String,
}

/// Why a file of styles cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StyleFileError {
    /// It cannot be read.
    #[error("cannot read the styles in {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        source: std::io::Error,
    },
    /// It is not JSON of the form `{"name": {"style": "…"}}`.
    #[error("the styles in {path} are not of the form {{\"name\": {{\"style\": \"image/...\"}}}}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where, and what is wrong.
        source: serde_json::Error,
    },
    /// It is larger than a file of styles can reasonably be.
    #[error("the styles in {path} have more than {MAX_BYTES} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

impl StyleFile {
    /// Reads the file; blocks, as it is called at start.
    ///
    /// # Errors
    /// A file that cannot be used at start is a mistake of the configuration.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StyleFileError> {
        let path = path.into();
        let stamp = stamp(&path)?;
        let styles = Arc::new(load(&path)?);
        Ok(Self { path, state: Mutex::new(State { checked: Instant::now(), stamp, styles }) })
    }

    /// The styles, read again if the file changed.
    async fn current(&self) -> (Arc<Entries>, Stamp) {
        // Others wait while one looks: the file is small, and nobody gets a state older than the wait.
        let mut state = self.state.lock().await;
        if state.checked.elapsed() >= CHECK_EVERY {
            state.checked = Instant::now();
            let (path, known) = (self.path.clone(), state.stamp);
            match tokio::task::spawn_blocking(move || load_if_changed(&path, known)).await {
                Ok(Ok(Some((stamp, styles)))) => {
                    state.stamp = stamp;
                    state.styles = Arc::new(styles);
                }
                Ok(Ok(None)) => {}
                Ok(Err(error)) => {
                    let reason = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%error, reason, "the last good styles stay in use");
                }
                Err(error) => tracing::error!(%error, "the last good styles stay in use"),
            }
        }
        (Arc::clone(&state.styles), state.stamp)
    }
}

#[async_trait]
impl Styles for StyleFile {
    async fn style(&self, name: &str) -> Result<Option<Style>, Error> {
        let (styles, stamp) = self.current().await;
        Ok(styles.get(name).map(|entry| Style {
            text: entry.style.clone(),
            // The text is its own version: other styles of the file may change without touching this one.
            version: entry.style.clone(),
            modified: stamp.modified,
        }))
    }
}

fn load_if_changed(path: &Path, known: Stamp) -> Result<Option<(Stamp, Entries)>, StyleFileError> {
    // Taken before reading: a change in between is seen at the next look.
    let stamp = stamp(path)?;
    if stamp == known {
        return Ok(None);
    }
    Ok(Some((stamp, load(path)?)))
}

fn stamp(path: &Path) -> Result<Stamp, StyleFileError> {
    let stamp = Stamp::of_now(path).map_err(|source| StyleFileError::Read { path: path.into(), source })?;
    if stamp.size > MAX_BYTES {
        return Err(StyleFileError::TooLarge { path: path.into() });
    }
    Ok(stamp)
}

fn load(path: &Path) -> Result<Entries, StyleFileError> {
    let text = std::fs::read(path).map_err(|source| StyleFileError::Read { path: path.into(), source })?;
    serde_json::from_slice(&text).map_err(|source| StyleFileError::Parse { path: path.into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(styles: &StyleFile, name: &str) -> Option<String> {
        // As if the last look were long ago.
        let past = Instant::now().checked_sub(CHECK_EVERY).unwrap();
        styles.state.lock().await.checked = past;
        styles.style(name).await.unwrap().map(|style| style.text)
    }

    #[tokio::test]
    async fn the_last_good_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("style.json");
        std::fs::write(&path, r#"{"box100":{"style":"image/resize,w_100","id":"box100"}}"#).unwrap();
        let styles = StyleFile::open(&path).unwrap();
        assert_eq!(text(&styles, "box100").await.as_deref(), Some("image/resize,w_100"));
        assert_eq!(text(&styles, "other").await, None);
        std::fs::write(&path, r#"{"other":{"style":"image/resize,w_1000"}}"#).unwrap();
        assert_eq!(text(&styles, "box100").await, None);
        assert_eq!(text(&styles, "other").await.as_deref(), Some("image/resize,w_1000"));
        std::fs::write(&path, r#"{"broken"#).unwrap();
        assert_eq!(text(&styles, "other").await.as_deref(), Some("image/resize,w_1000"));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(text(&styles, "other").await.as_deref(), Some("image/resize,w_1000"));
        std::fs::write(&path, r#"{"third":{"style":"image/rotate,90"}}"#).unwrap();
        assert_eq!(text(&styles, "third").await.as_deref(), Some("image/rotate,90"));
    }

    #[tokio::test]
    async fn the_file_is_looked_at_once_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("style.json");
        std::fs::write(&path, r#"{"a":{"style":"image/rotate,90"}}"#).unwrap();
        let styles = StyleFile::open(&path).unwrap();
        std::fs::write(&path, "{}").unwrap();
        styles.state.lock().await.checked = Instant::now();
        assert!(styles.style("a").await.unwrap().is_some());
        assert_eq!(text(&styles, "a").await, None);
    }

    #[test]
    fn a_broken_file_does_not_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("style.json");
        assert!(matches!(StyleFile::open(&path), Err(StyleFileError::Read { .. })));
        for bad in ["", "[]", r#"{"a":"image/resize"}"#, r#"{"a":{"styles":""}}"#] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(StyleFile::open(&path), Err(StyleFileError::Parse { .. })), "{bad}");
        }
    }
}
