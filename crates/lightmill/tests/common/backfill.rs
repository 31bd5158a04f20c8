//! `lightmill backfill` as a child process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use lightmill_recipe::Fingerprint;
use serde_json::Value;

use super::BINARY;

/// A backfill, killed when it is dropped.
pub struct Backfill(Option<Child>);

impl Backfill {
    /// One with these arguments, under way.
    pub fn start<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let child = Command::new(BINARY)
            .arg("backfill")
            .args(arguments)
            .env("LIGHTMILL_LOG__LEVEL", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(Some(child))
    }

    /// One with these arguments, from its beginning to its end.
    pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Said {
        Self::start(arguments).end()
    }

    pub fn id(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// Whether it has ended by itself.
    pub fn is_over(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Bytes that it holds at this moment.
    pub fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
    }

    /// Asks it to stop, and waits for that.
    pub fn terminate(self) -> Said {
        assert!(Command::new("kill").arg(self.id().to_string()).status().unwrap().success());
        self.end()
    }

    /// Ends it at once.
    pub fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits for its end.
    pub fn end(mut self) -> Said {
        Said::of(&self.0.take().unwrap().wait_with_output().unwrap())
    }
}

impl Drop for Backfill {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a backfill said, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// What the line of this name says.
    pub fn line(&self, name: &str) -> &str {
        let line = self.out.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no line {name}: {self:?}")).trim()
    }

    /// The number at the beginning of that line.
    pub fn count(&self, name: &str) -> u64 {
        let line = self.line(name);
        let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        line[..digits].parse().unwrap_or_else(|_| panic!("{name}: {self:?}"))
    }
}

/// How many objects are done by what is written of it; 0 where nothing is.
pub fn done(state: &Path) -> u64 {
    let text = std::fs::read(state).unwrap_or_default();
    let state: Value = serde_json::from_slice(&text).unwrap_or_default();
    state["counts"]["objects"].as_u64().unwrap_or_default()
}

/// The name of the variant of an object in this state.
pub fn variant(key: &str, version: &str, name: &str, extension: &str) -> String {
    let of_key = Fingerprint::of([key]).as_str()[..8].to_owned();
    let of_state = Fingerprint::of([key, version]).as_str()[..8].to_owned();
    let stem = key.rsplit_once('.').unwrap().0;
    format!("{stem}_{name}_{of_key}{of_state}.{extension}")
}

/// The version of a file.
pub fn version(file: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(file).unwrap();
    format!("{}.{:09}-{}-{}", metadata.mtime(), metadata.mtime_nsec(), metadata.len(), metadata.ino())
}

/// Every file below the folder, by its path there.
pub fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).collect::<Vec<PathBuf>>() {
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
