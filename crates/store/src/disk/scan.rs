use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::index::Index;

/// Tells `index` what lies below `entries`, the oldest first, as if it had been written in that order.
///
/// Files that nobody can have written here are left alone.
///
/// # Errors
/// If the folder cannot be listed. What cannot be looked at in it is passed over.
pub(super) fn scan(entries: &Path, index: &Index) -> io::Result<()> {
    let mut found = Vec::new();
    for folder in fs::read_dir(entries)? {
        let Ok(files) = folder.and_then(|folder| fs::read_dir(folder.path())) else { continue };
        found.extend(files.filter_map(Result::ok).filter_map(|file| look(&file)));
    }
    found.sort_unstable();
    for (_, name, bytes) in found {
        index.insert(name, bytes);
    }
    Ok(())
}

fn look(file: &DirEntry) -> Option<(SystemTime, String, u64)> {
    let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
    let name = file.file_name().into_string().ok()?;
    Some((metadata.modified().ok()?, name, metadata.len()))
}
