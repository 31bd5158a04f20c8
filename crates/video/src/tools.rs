use std::collections::BTreeSet;
use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::future::{try_join, try_join4};

use crate::arguments::{Abilities, Encoder};
use crate::child::{Order, Reports, start};
use crate::sandbox::{Limits, Program, Sandbox};
use crate::{Error, WorkFolder};

/// Where the tools are, and where they work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The program `ffmpeg`; otherwise the first of that name in `PATH`.
    pub ffmpeg: Option<PathBuf>,
    /// The program `ffprobe`; otherwise the first of that name in `PATH`.
    pub ffprobe: Option<PathBuf>,
    /// The folder in which each child gets one of its own to write to; otherwise the system's for temporary files.
    pub work: Option<PathBuf>,
}

/// ffmpeg and ffprobe of this machine, and the box that they run in.
#[derive(Debug)]
pub struct Tools {
    pub(crate) ffmpeg: Program,
    pub(crate) ffprobe: Program,
    pub(crate) sandbox: Sandbox,
    pub(crate) work: WorkFolder,
    ffmpeg_version: String,
    ffprobe_version: String,
    encoders: BTreeSet<String>,
    filters: BTreeSet<String>,
}

impl Tools {
    /// Finds both programs, and asks them, in their box, for their versions, encoders and filters.
    ///
    /// [`Error::NoTool`] names the program that is missing or does not answer; [`Error::Sandbox`] says that it cannot
    /// be boxed in.
    pub async fn find(places: &Places, sandbox: Sandbox) -> Result<Self, Error> {
        let (ffmpeg, ffprobe) =
            (find("ffmpeg", places.ffmpeg.as_deref())?, find("ffprobe", places.ffprobe.as_deref())?);
        let (ffmpeg, ffprobe) = try_join(Program::open(&ffmpeg), Program::open(&ffprobe)).await?;
        let (ffmpeg_version, ffprobe_version, encoders, filters) = try_join4(
            version("ffmpeg", &ffmpeg, &sandbox),
            version("ffprobe", &ffprobe, &sandbox),
            ask(&ffmpeg, &sandbox, &["-hide_banner", "-v", "error", "-encoders"]),
            ask(&ffmpeg, &sandbox, &["-hide_banner", "-v", "error", "-filters"]),
        )
        .await?;
        let work = places.work.clone().unwrap_or_else(env::temp_dir);
        let work = WorkFolder::new(&work, sandbox.identity())
            .map_err(|error| Error::NoTool { what: "a folder to work in", detail: error.kind().to_string() })?;
        let (encoders, filters) = (names(&encoders), names(&filters));
        Ok(Self { ffmpeg, ffprobe, sandbox, work, ffmpeg_version, ffprobe_version, encoders, filters })
    }

    /// ffmpeg's version, as it says it: `5.1.9-0+deb12u1`.
    pub fn ffmpeg_version(&self) -> &str {
        &self.ffmpeg_version
    }

    /// ffprobe's version.
    pub fn ffprobe_version(&self) -> &str {
        &self.ffprobe_version
    }

    /// The box that they run in.
    pub const fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The folder that children work in, for others who make videos with them.
    pub fn work(&self) -> &Path {
        self.work.path()
    }

    /// Whether ffmpeg has that encoder, by ffmpeg's name of it: `libx264`.
    pub fn has_encoder(&self, name: &str) -> bool {
        self.encoders.contains(name)
    }

    /// Whether ffmpeg has that filter, by ffmpeg's name of it: `tonemap`.
    pub fn has_filter(&self, name: &str) -> bool {
        self.filters.contains(name)
    }

    /// What ffmpeg can do, as [`crate::arguments`] ask.
    pub fn abilities(&self) -> Abilities {
        let encoders = Encoder::ALL.into_iter().filter(|encoder| self.has_encoder(encoder.name())).collect();
        Abilities { encoders, tone_mapping: self.has_filter("zscale") && self.has_filter("tonemap") }
    }
}

/// The program of that name: where it is configured, or in `PATH`.
fn find(name: &'static str, configured: Option<&Path>) -> Result<PathBuf, Error> {
    let missing = |detail: &str| Error::NoTool { what: name, detail: detail.to_owned() };
    if let Some(path) = configured {
        return is_program(path).then(|| path.to_owned()).ok_or_else(|| missing("no program at its configured place"));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
        .ok_or_else(|| missing("not in PATH, and no place configured"))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

async fn version(name: &'static str, program: &Program, sandbox: &Sandbox) -> Result<String, Error> {
    let said = ask(program, sandbox, &["-version"]).await.map_err(|error| match error {
        Error::Failed { detail } => {
            Error::NoTool { what: name, detail: format!("it does not tell its version: {detail}") }
        }
        other => other,
    })?;
    // `ffmpeg version 5.1.9-0+deb12u1 Copyright (c) …`
    let mut words = said.split_whitespace();
    if words.next() == Some(name)
        && words.next() == Some("version")
        && let Some(version) = words.next()
    {
        return Ok(version.to_owned());
    }
    Err(Error::NoTool { what: name, detail: "it does not tell its version".to_owned() })
}

/// What the program prints.
async fn ask(program: &Program, sandbox: &Sandbox, arguments: &[&str]) -> Result<String, Error> {
    let limits = Limits {
        wall: Duration::from_secs(20),
        processor: Duration::from_secs(20),
        written: 1 << 20,
        ..Limits::default()
    };
    let order = Order {
        program,
        arguments: arguments.iter().map(Into::into).collect(),
        folder: None,
        server: None,
        limits,
        progress: Reports::None,
    };
    let said = start(sandbox, order).await?.collect().await?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// The names in a list of ffmpeg's: lines of flags, a name, and a description, after a legend with `=`.
fn names(list: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let mut words = line.split_whitespace();
        let flags = words.next()?;
        let name = words.next().filter(|name| *name != "=")?;
        flags.chars().all(|flag| flag == '.' || flag.is_ascii_uppercase()).then(|| name.to_owned())
    };
    list.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::testing;

    #[test]
    fn lists_are_read() {
        let list =
            "Encoders:\n V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac  AAC\n";
        assert_eq!(names(list), BTreeSet::from(["libx264".to_owned(), "aac".to_owned()]));
        let list = "Filters:\n  T.. = Timeline support\n ... abench            A->A       Benchmark\n TSC scale  V->V  Scale\n";
        assert_eq!(names(list), BTreeSet::from(["abench".to_owned(), "scale".to_owned()]));
    }

    #[tokio::test]
    async fn the_tools_of_this_machine_are_found() {
        let tools = testing::tools().await;
        assert!(tools.ffmpeg_version().starts_with(|first: char| first.is_ascii_alphanumeric()));
        assert_eq!(tools.ffmpeg_version(), tools.ffprobe_version());
        assert!(tools.has_encoder("libx264") && tools.has_filter("scale"));
        assert!(!tools.has_encoder("libnothing"));
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let sandbox = Sandbox::new(crate::Level::BestEffort, None).unwrap();
        let nowhere = Places { ffmpeg: Some("/nowhere/ffmpeg".into()), ..Places::default() };
        let error = Tools::find(&nowhere, sandbox).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoTool);
        assert_eq!(error.to_string(), "video is not available here: ffmpeg is missing");
        let another = Places { ffprobe: Some("/bin/cat".into()), ..Places::default() };
        let error = Tools::find(&another, sandbox).await.unwrap_err();
        assert_eq!(error.to_string(), "video is not available here: ffprobe is missing");
    }
}
