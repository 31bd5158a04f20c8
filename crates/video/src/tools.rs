use std::collections::BTreeSet;
use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Error;
use crate::arguments::{self, Abilities};
use crate::child::{Order, Reports, start};
use crate::sandbox::{Limits, Program, Sandbox};

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

/// What a build of ffmpeg may be able to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the libraries")]
pub enum Encoder {
    X264,
    X265,
    Vp8,
    Vp9,
    SvtAv1,
    AomAv1,
    Aac,
    Mp3Lame,
    Vorbis,
    Opus,
    WebP,
}

impl Encoder {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::X264,
        Self::X265,
        Self::Vp8,
        Self::Vp9,
        Self::SvtAv1,
        Self::AomAv1,
        Self::Aac,
        Self::Mp3Lame,
        Self::Vorbis,
        Self::Opus,
        Self::WebP,
    ];

    /// Its name in ffmpeg's arguments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X264 => "libx264",
            Self::X265 => "libx265",
            Self::Vp8 => "libvpx",
            Self::Vp9 => "libvpx-vp9",
            Self::SvtAv1 => "libsvtav1",
            Self::AomAv1 => "libaom-av1",
            Self::Aac => "aac",
            Self::Mp3Lame => "libmp3lame",
            Self::Vorbis => "libvorbis",
            Self::Opus => "libopus",
            Self::WebP => "libwebp",
        }
    }
}

/// ffmpeg and ffprobe of this machine, and the box that they run in.
#[derive(Debug)]
pub struct Tools {
    pub(crate) ffmpeg: Program,
    pub(crate) ffprobe: Program,
    pub(crate) sandbox: Sandbox,
    pub(crate) work: PathBuf,
    ffmpeg_version: String,
    ffprobe_version: String,
    encoders: BTreeSet<Encoder>,
}

impl Tools {
    /// Finds both programs, and asks them, in their box, for their versions and encoders.
    ///
    /// [`Error::NoTool`] names the program that is missing or does not answer; [`Error::Sandbox`] says that it cannot be
    /// boxed in.
    pub async fn find(places: &Places, sandbox: Sandbox) -> Result<Self, Error> {
        let ffmpeg = Program::open(&find("ffmpeg", places.ffmpeg.as_deref())?).await?;
        let ffprobe = Program::open(&find("ffprobe", places.ffprobe.as_deref())?).await?;
        let ffmpeg_version = version("ffmpeg", &ffmpeg, &sandbox).await?;
        let ffprobe_version = version("ffprobe", &ffprobe, &sandbox).await?;
        let list = ask(&ffmpeg, &sandbox, &["-hide_banner", "-v", "error", "-encoders"]).await?;
        let work = places.work.clone().unwrap_or_else(env::temp_dir);
        Ok(Self { ffmpeg, ffprobe, sandbox, work, ffmpeg_version, ffprobe_version, encoders: encoders(&list) })
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

    /// Whether ffmpeg has that encoder.
    pub fn has(&self, encoder: Encoder) -> bool {
        self.encoders.contains(&encoder)
    }

    /// What ffmpeg can do, for [`crate::arguments`].
    pub fn abilities(&self) -> Abilities {
        let has = |encoder: &arguments::Encoder| {
            // Two of ffmpeg's encoders are one library; GIF is a part of every ffmpeg.
            let name = encoder.name().trim_end_matches("_anim");
            name == "gif" || self.encoders.iter().any(|other| other.name() == name)
        };
        Abilities { encoders: arguments::Encoder::ALL.into_iter().filter(has).collect(), tone_mapping: false }
    }

    /// [`Error::NoTool`] if ffmpeg lacks that encoder.
    pub fn require(&self, encoder: Encoder) -> Result<(), Error> {
        if self.has(encoder) {
            return Ok(());
        }
        Err(Error::NoTool { what: encoder.name(), detail: format!("ffmpeg {} was built without", self.ffmpeg_version) })
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

/// The encoders in `ffmpeg -encoders`: lines of flags, a name, and a description.
fn encoders(list: &str) -> BTreeSet<Encoder> {
    let names: BTreeSet<&str> = list
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().filter(|flags| flags.len() == 6 && flags.starts_with(['V', 'A']))?;
            words.next()
        })
        .collect();
    Encoder::ALL.into_iter().filter(|encoder| names.contains(encoder.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::testing;

    #[test]
    fn lists_of_encoders_are_read() {
        let list = " V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac                  AAC\n S..... webvtt  WebVTT\n";
        assert_eq!(encoders(list), BTreeSet::from([Encoder::X264, Encoder::Aac]));
    }

    #[tokio::test]
    async fn the_tools_of_this_machine_are_found() {
        let tools = testing::tools().await;
        assert!(tools.ffmpeg_version().starts_with(|first: char| first.is_ascii_alphanumeric()));
        assert_eq!(tools.ffmpeg_version(), tools.ffprobe_version());
        assert!(tools.has(Encoder::X264));
        tools.require(Encoder::Aac).unwrap();
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
