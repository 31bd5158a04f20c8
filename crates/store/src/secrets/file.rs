use std::io::Read;
use std::path::{Path, PathBuf};

use super::Secret;

/// The largest file of secrets, in bytes.
const MAX_BYTES: u64 = 64 << 10;

/// Each line that is not empty, without blanks at its ends.
pub(super) fn lines(text: &str) -> Vec<Secret> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect()
}

/// The secrets in a file, or what is wrong with it.
pub(super) async fn read(path: &Path) -> Result<Vec<Secret>, String> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || blocking(&path)).await.map_err(|error| error.to_string())?
}

fn blocking(path: &PathBuf) -> Result<Vec<Secret>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("has more than {MAX_BYTES} bytes"));
    }
    String::from_utf8(bytes).map(|text| lines(&text)).map_err(|_| "is not UTF-8".to_owned())
}
