use std::fs::{File, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Error;
use crate::Problem;

/// The objects that failed, a line of JSON for each: `key`, `code`, `message`. Nobody else writes it meanwhile.
#[derive(Debug)]
pub(super) struct Report {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Report {
    /// Goes on after the first `bytes` of the file; it is made if it is missing.
    pub(super) fn open(path: &Path, bytes: u64) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::file(path, error);
        let mut file = File::options().create(true).write(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::AtWork(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let bytes = bytes.min(file.metadata().map_err(failed)?.len());
        file.set_len(bytes).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file, bytes })
    }

    /// One more line.
    pub(super) fn write(&mut self, key: &str, problem: &Problem) -> Result<(), Error> {
        let line = format!("{}\n", json!({ "key": key, "code": problem.code, "message": problem.message }));
        self.file.write_all(line.as_bytes()).map_err(|error| Error::file(&self.path, error))?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Leaves no empty file behind.
    pub(super) fn close(self) -> Result<(), Error> {
        if self.bytes > 0 {
            return Ok(());
        }
        std::fs::remove_file(&self.path).map_err(|error| Error::file(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_after_the_last_that_counts_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.jsonl");
        let problem = Problem::new("E", "a \"b\"\n");
        let mut report = Report::open(&path, 0).unwrap();
        report.write("one", &problem).unwrap();
        let counts = report.bytes();
        report.write("two", &problem).unwrap();
        assert!(matches!(Report::open(&path, 0), Err(Error::AtWork(_))));
        drop(report);
        let mut report = Report::open(&path, counts).unwrap();
        report.write("three", &problem).unwrap();
        report.close().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let keys: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].take()).collect();
        assert_eq!(keys, ["one", "three"]);
        Report::open(&path, 0).unwrap().close().unwrap();
        assert!(!path.exists());
    }
}
