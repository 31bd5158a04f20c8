//! Videos that the tests work on, each made once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use lightmill_video::Facts;

/// 320x180, 25 frames per second, two seconds; the first second is red, the second blue. With a tone.
const COLOURS: &str = "color=red:s=320x180:r=25:d=1[a];color=blue:s=320x180:r=25:d=1[b];[a][b]concat[out0]";

/// How a source is made: what stands before the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// H.264 and AAC in MP4; a key frame only at the beginning and at one second.
    Plain,
    /// The same, to be turned by a quarter.
    Rotated,
    /// Samples are 4:3.
    Anamorphic,
    /// Frames at uneven distances.
    Variable,
    /// Without sound.
    Silent,
    /// H.265.
    Hevc,
    /// VP9 and Opus in `WebM`.
    Vp9,
    /// HDR by hybrid log-gamma, 10 bits.
    Hlg,
    /// 60 frames per second.
    Fast,
}

impl Source {
    fn arguments(self) -> (&'static str, &'static str) {
        const X264: &str = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p";
        let video = match self {
            Self::Plain | Self::Rotated => X264,
            Self::Anamorphic => "-vf setsar=4/3 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
            Self::Variable => {
                "-vf select=not(between(n\\,5\\,20))*not(eq(mod(n\\,3)\\,1)) -fps_mode vfr -c:v libx264 -preset ultrafast -pix_fmt \
                 yuv420p"
            }
            Self::Silent => "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -an",
            Self::Hevc => "-c:v libx265 -preset ultrafast -x265-params log-level=error -pix_fmt yuv420p -tag:v hvc1",
            Self::Vp9 => "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus",
            Self::Hlg => {
                "-c:v libx265 -preset ultrafast -x265-params log-level=error -pix_fmt yuv420p10le -colorspace bt2020nc -color_trc \
                 arib-std-b67 -color_primaries bt2020 -an"
            }
            Self::Fast => "-r 60 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -an",
        };
        (video, if self == Self::Vp9 { "webm" } else { "mp4" })
    }

    /// The file, and what is known about it.
    pub fn get(self) -> (PathBuf, Facts) {
        static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
        static MADE: Mutex<Vec<Source>> = Mutex::new(Vec::new());
        let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path();
        let (video, extension) = self.arguments();
        let path = folder.join(format!("{self:?}.{extension}"));
        let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !made.contains(&self) {
            let inputs = ["-f", "lavfi", "-i", COLOURS, "-f", "lavfi", "-i", "sine=440:d=2"];
            let video: Vec<&str> = video.split_whitespace().collect();
            let target = if self == Self::Rotated { folder.join("upright.mp4") } else { path.clone() };
            ffmpeg(&[&inputs[..], &video[..]].concat(), &target);
            if self == Self::Rotated {
                ffmpeg(&["-i", target.to_str().unwrap(), "-c", "copy", "-metadata:s:v", "rotate=90"], &path);
            }
            made.push(self);
        }
        drop(made);
        let facts = facts(&path);
        (path, facts)
    }
}

fn ffmpeg(arguments: &[&str], target: &Path) {
    let made = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(arguments).arg(target).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What ffprobe says about a file.
pub fn facts(path: &Path) -> Facts {
    let probe = ["-v", "error", "-print_format", "json", "-show_format", "-show_streams"];
    let said = Command::new("ffprobe").args(probe).arg(path).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Facts::of_ffprobe(&said.stdout).unwrap()
}
