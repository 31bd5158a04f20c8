//! Clips that ffmpeg makes without a box, and sources to read them from.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::sandbox::Limits;
use crate::{Destination, Error, Level, Places, Running, Sandbox, Source, SourceError, Tools, Work};

/// The tools of this machine, boxed in as well as its kernel can.
pub(crate) async fn tools() -> &'static Tools {
    static TOOLS: OnceCell<Tools> = OnceCell::const_new();
    let find = || async {
        let sandbox = Sandbox::new(Level::Required, None);
        let sandbox = sandbox.or_else(|_| Sandbox::new(Level::BestEffort, None)).unwrap();
        Tools::find(&Places::default(), sandbox).await.unwrap()
    };
    TOOLS.get_or_init(find).await
}

/// A folder, and in it a clip that ffmpeg makes of these words: two seconds of a moving test picture of 320x180 are its
/// first input, two seconds of a tone the second.
pub(crate) fn clip(name: &str, words: &str) -> (TempDir, PathBuf) {
    clip_of(name, "testsrc2=s=320x180:r=25:d=2", words)
}

/// As [`clip`], with another picture.
pub(crate) fn clip_of(name: &str, picture: &str, words: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture])
        .args(["-f", "lavfi", "-i", "sine=d=2"])
        .args(["-pix_fmt", "yuv420p"])
        .args(words.split_whitespace())
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    (folder, file)
}

/// A small MP4 whose index comes first.
pub(crate) fn mp4() -> Arc<Memory> {
    let (_folder, file) = clip("a.mp4", "-c:v libx264 -preset ultrafast -g 25 -c:a aac -movflags +faststart");
    Memory::of_file(&file)
}

/// A video in memory, which counts what is read of it.
pub(crate) struct Memory {
    pub(crate) bytes: Bytes,
    pub(crate) read: Arc<AtomicU64>,
    pub(crate) reads: AtomicU64,
}

impl Memory {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Arc<Self> {
        Arc::new(Self { bytes: bytes.into(), read: Arc::default(), reads: AtomicU64::new(0) })
    }

    pub(crate) fn of_file(file: &Path) -> Arc<Self> {
        Self::new(std::fs::read(file).unwrap())
    }

    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Source for Memory {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let bytes = self.bytes.slice(part.start as usize..part.end as usize);
        let read = Arc::clone(&self.read);
        let pieces = stream::unfold(bytes, move |mut left| {
            let piece = left.split_to(left.len().min(16 << 10));
            read.fetch_add(piece.len() as u64, Ordering::SeqCst);
            async move { (!piece.is_empty()).then_some((Ok(piece), left)) }
        });
        Ok(pieces.boxed())
    }
}

/// A beginning, and then the same bytes again and again, without an end.
pub(crate) struct Endless {
    pub(crate) beginning: Bytes,
    pub(crate) again: Bytes,
}

#[async_trait]
impl Source for Endless {
    fn size(&self) -> u64 {
        1 << 50
    }

    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError> {
        let (beginning, again) = (self.beginning.clone(), self.again.clone());
        let pieces = stream::unfold(part, move |mut part| {
            let piece = if part.start < beginning.len() as u64 {
                beginning.slice(part.start as usize..)
            } else {
                again.slice(((part.start - beginning.len() as u64) % again.len() as u64) as usize..)
            };
            let piece = piece.slice(..piece.len().min((part.end - part.start) as usize));
            part.start += piece.len() as u64;
            async move { (!piece.is_empty()).then_some((Ok(piece), part)) }
        });
        Ok(pieces.boxed())
    }
}

/// Work with limits that it does not meet.
pub(crate) fn work(destination: Destination) -> Work {
    let limits = Limits { wall: Duration::from_mins(1), ..Limits::default() };
    Work { destination, limits, read: 1 << 30, expected: None }
}

/// Starts work that is told these words before and after its input.
pub(crate) async fn run(source: Arc<dyn Source>, work: Work, input: &str, output: &str) -> Result<Running, Error> {
    run_by(tools().await, source, work, input, output).await
}

/// As [`run`], by other tools.
pub(crate) async fn run_by(
    tools: &Tools,
    source: Arc<dyn Source>,
    work: Work,
    input: &str,
    output: &str,
) -> Result<Running, Error> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (input, output) = (words(input), words(output));
    let line = |options: &[&str], url: &str| {
        let own = ["-nostdin", "-y"].into_iter().map(str::to_owned);
        let options = options.iter().copied().chain(["-i", url]).map(str::to_owned);
        own.chain(input).chain(options).chain(output).collect()
    };
    crate::run(tools, source, work, line).await
}

/// What work streams that is told these words.
pub(crate) async fn made(source: Arc<dyn Source>, input: &str, output: &str) -> Result<Bytes, Error> {
    run(source, work(Destination::Stream), input, output).await?.collect().await
}

/// The process whose command line holds `text`, of those that this one started.
pub(crate) fn child_with(text: &str) -> Option<u32> {
    let own = std::process::id().to_string();
    std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).find_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        let words = std::fs::read(entry.path().join("cmdline")).ok()?;
        (parent.trim() == own && String::from_utf8_lossy(&words).contains(text)).then_some(id)
    })
}

/// A small JPEG: its first bytes and its last.
pub(crate) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9])
}
