use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// A folder that is removed with everything in it when this is dropped.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// An empty folder in the system's temporary folder.
    pub fn new() -> Result<Self> {
        Ok(Self(tempfile::Builder::new().prefix("lightmill-test-").tempdir()?))
    }

    /// Its absolute path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders above it; returns its absolute path.
    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path().join(name);
        let folder = path.parent().context("a file name")?;
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// Copies a file under a new name; returns its absolute path.
    pub fn copy(&self, from: impl AsRef<Path>, name: impl AsRef<Path>) -> Result<PathBuf> {
        let from = from.as_ref();
        self.write(name, fs::read(from).with_context(|| from.display().to_string())?)
    }
}
