use std::path::PathBuf;
use std::time::Duration;

use lightmill_store::local::Stamp;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Looks whether a file changes. Its time, size and number are compared, so that it works on every file system and for links
/// that are made to lead elsewhere.
#[derive(Debug)]
pub struct Watch {
    path: Option<PathBuf>,
    /// What it looked like when it was last read.
    pub(super) read: Option<Stamp>,
    /// What it looked like at the last look.
    seen: Option<Stamp>,
}

impl Watch {
    /// As the file is now, it was read. Without a file nothing ever changes.
    pub fn new(path: Option<PathBuf>) -> Self {
        let mut watch = Self { path, read: None, seen: None };
        watch.catch_up();
        watch
    }

    /// As the file is now, it is being read.
    pub fn catch_up(&mut self) {
        self.read = self.path.as_deref().and_then(|path| Stamp::of_now(path).ok());
        self.seen = self.read;
    }

    /// Waits until the file is another one than was read, and stayed the same from one look to the next: who writes in
    /// pieces has finished. A file that is gone is waited for. May be dropped and called again.
    pub async fn changed(&mut self) {
        let Some(path) = self.path.clone() else { return std::future::pending().await };
        loop {
            tokio::time::sleep(LOOK).await;
            let Ok(stamp) = Stamp::of(path.clone()).await else { continue };
            let settled = self.seen.replace(stamp) == Some(stamp);
            if settled && self.read != Some(stamp) {
                self.read = Some(stamp);
                return;
            }
        }
    }
}
