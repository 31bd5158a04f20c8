use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::Error;

/// Where a loader that does not tell looks for libraries.
const USUAL_LIBRARIES: [&str; 5] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// How long a loader may take to tell.
const TRACE_TIME: Duration = Duration::from_secs(20);

/// A program that may be run, and what its loader reads to start it.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Its file.
    pub(super) path: PathBuf,
    /// The loader, and other libraries by themselves; none for a program that needs no loader.
    pub(super) loaders: Vec<PathBuf>,
    /// Folders with its libraries. They rather than the files, so that an upgrade under a running server is read too.
    pub(super) libraries: BTreeSet<PathBuf>,
}

impl Program {
    /// The program in that file. Its loader is asked which libraries it would load; where it does not understand, the
    /// usual folders are taken.
    pub(crate) async fn open(path: &Path) -> Result<Self, Error> {
        let path = std::fs::canonicalize(path).map_err(|error| Error::sandbox(format!("the program: {error}")))?;
        // A static program, or one with another loader, is started by this: it may only say its version.
        let command = tokio::process::Command::new(&path)
            .arg("-version")
            .env_clear()
            .env("LD_TRACE_LOADED_OBJECTS", "1")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let traced = tokio::time::timeout(TRACE_TIME, command)
            .await
            .map_err(|_| Error::TimedOut { limit: TRACE_TIME })?
            .map_err(|error| Error::sandbox(format!("the program does not start: {error}")))?;
        let traced = String::from_utf8_lossy(&traced.stdout);
        let files: Vec<PathBuf> = loaded(&traced).filter_map(|file| std::fs::canonicalize(file).ok()).collect();
        let libraries =
            if files.is_empty() { USUAL_LIBRARIES.iter().map(PathBuf::from).collect() } else { folders(&traced) };
        let loaders = files.into_iter().filter(|file| is_loader(file)).collect();
        Ok(Self { path, loaders, libraries })
    }
}

/// The files in a loader's list: `libx.so.1 => /lib/libx.so.1 (0x…)`, and `/lib64/ld-linux-x86-64.so.2 (0x…)`.
fn loaded(list: &str) -> impl Iterator<Item = &Path> {
    list.lines().filter_map(|line| {
        let (line, address) = line.trim().rsplit_once(" (0x")?;
        let file = line.rsplit_once(" => ").map_or(line, |(_, file)| file);
        (address.ends_with(')') && file.starts_with('/')).then(|| Path::new(file))
    })
}

/// The folders of those files: of the names that the loader looks up, and of the files that they lead to.
fn folders(list: &str) -> BTreeSet<PathBuf> {
    let names = loaded(list).map(Path::to_owned);
    let files = loaded(list).filter_map(|file| std::fs::canonicalize(file).ok());
    names
        .chain(files)
        .filter_map(|file| std::fs::canonicalize(file.parent()?).ok())
        // A library that lies in the root would open everything.
        .filter(|folder| folder.parent().is_some())
        .collect()
}

/// Whether that library is the one that loads the others: `ld-linux-x86-64.so.2`, `ld-linux-aarch64.so.1`,
/// `ld-musl-x86_64.so.1`.
fn is_loader(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ld-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_loaders_are_read() {
        let list = "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x00007f61)\n\tlibgone.so => not found\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f70)\n";
        let files: Vec<&Path> = loaded(list).collect();
        assert_eq!(files, [Path::new("/lib/x/libm.so.6"), Path::new("/lib64/ld-linux-x86-64.so.2")]);
        assert!(is_loader(files[1]));
        assert!(!is_loader(files[0]));
    }

    #[test]
    fn what_a_program_says_is_no_list() {
        assert_eq!(loaded("ffmpeg version 5.1\nconfiguration: --prefix=/usr (0x1)\n").count(), 0);
    }
}
