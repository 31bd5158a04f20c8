use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_mill::VideoSettings;
use lightmill_recipe::Pixels;
use lightmill_video::{Identity, Level, Places};

use super::listeners::seconds;
use super::section::Section;

/// `[video]`: who works on videos, in what box, and within which bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Whether videos are served: `None` as long as there is a ffmpeg.
    pub enabled: Option<bool>,
    /// Where the tools are.
    pub places: Places,
    /// How much of the box is demanded.
    pub sandbox: Level,
    /// Who the tools run as, if not as the service.
    pub run_as: Option<Identity>,
    /// How much runs at a time, and what one request may take.
    pub settings: VideoSettings,
}

impl Video {
    /// `base`: the folder from which relative paths count.
    pub(super) fn read(mut section: Section<'_>, base: &Path) -> Self {
        let said = !section.is_empty();
        let video = Self {
            // Whoever says anything about videos wants them.
            enabled: section.optional("enabled").or(said.then_some(true)),
            places: Places {
                ffmpeg: path(&mut section, "ffmpeg", base),
                ffprobe: path(&mut section, "ffprobe", base),
                work: path(&mut section, "work", base),
            },
            sandbox: sandbox(&mut section),
            run_as: run_as(&mut section),
            settings: settings(&mut section),
        };
        section.finish();
        video
    }
}

fn path(section: &mut Section<'_>, key: &str, base: &Path) -> Option<PathBuf> {
    section.optional::<PathBuf>(key).map(|path| base.join(path))
}

fn sandbox(section: &mut Section<'_>) -> Level {
    let word: String = section.take("sandbox", "best-effort".to_owned());
    match word.as_str() {
        "required" => return Level::Required,
        "best-effort" => return Level::BestEffort,
        "off" => return Level::Off,
        _ => section.mistake("sandbox", &word, "is `required`, `best-effort` or `off`"),
    }
    Level::BestEffort
}

fn run_as(section: &mut Section<'_>) -> Option<Identity> {
    let text: String = section.optional("run_as")?;
    let identity = text.split_once(':').and_then(|(user, group)| {
        let (user, group) = (user.parse().ok()?, group.parse().ok()?);
        (user != 0 && group != 0).then_some(Identity { user, group })
    });
    if identity.is_none() {
        section.mistake(
            "run_as",
            &text,
            "is the numbers of a user and a group, neither of them 0, such as `65534:65534`",
        );
    }
    identity
}

fn settings(section: &mut Section<'_>) -> VideoSettings {
    let mut settings = VideoSettings::default();
    let processes = settings.processes;
    settings.processes = section.checked("processes", processes, |n: &NonZeroUsize| n.get() <= 1024, "is 1 to 1024");
    settings.queue_length = 32 * settings.processes.get();
    settings.queue_length =
        section.checked("queue_length", settings.queue_length, |n| *n <= 1_000_000, "is at most 1000000");
    settings.queue_time = seconds(section, "queue_time", settings.queue_time.as_secs_f64());
    let work = &mut settings.limits.work;
    work.threads = section.checked("threads", work.threads, |n: &NonZeroU32| n.get() <= 64, "is 1 to 64");
    work.duration = long(section, "duration", work.duration);
    work.time = long(section, "time", work.time);
    work.source_bytes = bytes(section, "source_bytes", work.source_bytes);
    work.result_bytes = bytes(section, "result_bytes", work.result_bytes);
    work.source_pixels = pixels(section, "source_pixels", work.source_pixels);
    work.result_pixels = pixels(section, "result_pixels", work.result_pixels);
    settings.limits.frame_bytes = bytes(section, "frame_bytes", settings.limits.frame_bytes);
    let kept = settings.limits.kept_bytes;
    settings.limits.kept_bytes =
        section.checked("kept_bytes", kept, |bytes| *bytes == 0 || *bytes >= 1 << 20, "is 0, or 1048576 or more");
    settings
}

fn bytes(section: &mut Section<'_>, key: &str, default: u64) -> u64 {
    section.checked(key, default, |bytes| *bytes >= 1 << 16, "is 65536 or more")
}

fn pixels(section: &mut Section<'_>, key: &str, default: Pixels) -> Pixels {
    Pixels(section.checked(key, default.0, |pixels| *pixels >= 1, "is 1 or more"))
}

/// Up to a day.
fn long(section: &mut Section<'_>, key: &str, default: Duration) -> Duration {
    let fits = |value: &f64| (1.0..=86_400.0).contains(value);
    let value = section.checked(key, default.as_secs_f64(), fits, "is a number of seconds, 1 to 86400");
    Duration::from_secs_f64(value)
}
