use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Counts, Error};

/// Raised where what is written has another meaning.
const FORMAT: u32 = 1;

/// What makes two backfills the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belongs {
    /// Where the objects are.
    pub source: String,
    /// Where variants are written.
    pub target: String,
    /// How the keys of the objects begin.
    pub prefix: String,
    /// Stands for what is made.
    pub variants: String,
    /// Whether what is up to date is made again.
    pub again: bool,
}

impl Belongs {
    /// In what this one differs from `other`, in words.
    fn differences(&self, other: &Self) -> String {
        let again = [other.again, self.again].map(|again| if again { "with --again" } else { "without --again" });
        let pairs = [
            (other.source != self.source).then(|| format!("of {}, not {}", other.source, self.source)),
            (other.target != self.target).then(|| format!("into {}, not {}", other.target, self.target)),
            (other.prefix != self.prefix)
                .then(|| format!("of the prefix \"{}\", not \"{}\"", other.prefix, self.prefix)),
            (other.variants != self.variants).then(|| "of other variants".to_owned()),
            (other.again != self.again).then(|| format!("{}, not {}", again[0], again[1])),
        ];
        pairs.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// What a backfill is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It makes what is missing.
    #[default]
    Objects,
    /// It removes what is of nothing.
    Orphans,
}

/// How far a backfill is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    pub(super) belongs: Belongs,
    pub(super) phase: Phase,
    /// Everything up to this key, or name of the target, is done.
    pub(super) after: Option<String>,
    pub(super) counts: Counts,
    /// The report, and its bytes that belong to what is done.
    pub(super) report: PathBuf,
    pub(super) reported: u64,
}

impl State {
    pub(super) fn new(belongs: Belongs, report: PathBuf) -> Self {
        let (phase, counts) = (Phase::default(), Counts::default());
        Self { format: FORMAT, belongs, phase, after: None, counts, report, reported: 0 }
    }

    /// What was written to `file`, if there is one.
    pub(super) fn read(file: &Path, belongs: &Belongs) -> Result<Option<Self>, Error> {
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| Error::file(file, error))?,
        };
        let state: Self = serde_json::from_str(&text).map_err(|error| {
            Error::file(file, format_args!("says nothing that can be gone on from ({error}): --restart begins anew"))
        })?;
        if state.format != FORMAT {
            return Err(Error::file(file, "was written by another version: --restart begins anew"));
        }
        if state.belongs != *belongs {
            let differences = belongs.differences(&state.belongs);
            return Err(Error::Another { file: file.to_owned(), differences });
        }
        Ok(Some(state))
    }

    /// Takes the place of what is there, at once or not at all.
    pub(super) fn write(&self, file: &Path) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::file(file, error);
        let text = serde_json::to_vec(self).map_err(|error| Error::file(file, error))?;
        let unfinished = unfinished(file);
        let mut written = File::create(&unfinished).map_err(failed)?;
        written.write_all(&text).and_then(|()| written.sync_data()).map_err(failed)?;
        fs::rename(unfinished, file).map_err(failed)
    }

    /// There is nothing to go on from.
    pub(super) fn remove(file: &Path) -> Result<(), Error> {
        match fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file(file, error)),
            _ => Ok(()),
        }
    }
}

/// A name beside `file`, as hidden as that one.
fn unfinished(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belongs() -> Belongs {
        let [source, target, variants] = ["s3://a", "s3://b", "0"].map(str::to_owned);
        Belongs { source, target, prefix: String::new(), variants, again: false }
    }

    #[test]
    fn what_was_written_is_gone_on_from_by_the_same_backfill_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.json");
        assert_eq!(State::read(&file, &belongs()).unwrap(), None);
        let state = State { after: Some("a\u{1f600}\n".to_owned()), ..State::new(belongs(), "report".into()) };
        state.write(&file).unwrap();
        assert_eq!(State::read(&file, &belongs()).unwrap(), Some(state));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let another = Belongs { prefix: "2026/".to_owned(), variants: "1".to_owned(), ..belongs() };
        let error = State::read(&file, &another).unwrap_err().to_string();
        assert!(error.contains("(of the prefix \"\", not \"2026/\"; of other variants)"), "{error}");
        assert!(error.contains("--restart") && error.contains("--state"), "{error}");
        for text in ["", "{}", "null"] {
            fs::write(&file, text).unwrap();
            let error = State::read(&file, &belongs()).unwrap_err().to_string();
            assert!(error.contains("--restart"), "{error}");
        }
        State::remove(&file).unwrap();
        State::remove(&file).unwrap();
    }
}
