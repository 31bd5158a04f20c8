//! How work ends that does not end well.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::testing::{Endless, Memory, child_with, clip, is_jpeg, made, mp4, run, tools, work};
use crate::{Destination, Error, ErrorKind, ProbeLimits, Running, Source, SourceError, Work, async_trait, probe};

const FRAME: &str = "-map 0:v:0 -frames:v 1 -threads 1 -f image2pipe -c:v mjpeg pipe:1";

/// A stream of packets that carry nothing, for ever.
fn endless() -> Arc<Endless> {
    let mut packet = [0xFF; 188];
    packet[..4].copy_from_slice(&[0x47, 0x1F, 0xFF, 0x10]);
    let (_folder, file) = clip("a.ts", "-c:v mpeg2video -c:a mp2");
    Arc::new(Endless { beginning: std::fs::read(file).unwrap().into(), again: packet.repeat(512).into() })
}

/// Starts work that would take an hour, and whose output is made faster than it is read.
async fn long_work(mark: &str, work: Work) -> Running {
    let filter = "loop=loop=-1:size=50,scale=640:360";
    let coding = "-c:v libx264 -preset ultrafast -f matroska";
    let output = format!("-an -vf {filter} -t 3600 -metadata comment={mark} {coding} pipe:1");
    run(mp4(), work, "", &output).await.unwrap()
}

fn streamed() -> Work {
    work(Destination::Stream)
}

/// Whether there is such a process, and it has not ended.
fn alive(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

async fn gone(id: u32) -> bool {
    let end = Instant::now() + Duration::from_secs(1);
    while Instant::now() < end {
        // A zombie has an entry too.
        if !std::path::Path::new(&format!("/proc/{id}")).exists() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn whoever_drops_the_work_ends_it() {
    let mut running = long_work("dropped-work", streamed()).await;
    assert!(running.next().await.unwrap().is_some());
    let id = child_with("dropped-work").unwrap();
    // A session and a group of its own.
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    assert_eq!((fields[2], fields[3]), (id.to_string().as_str(), id.to_string().as_str()));
    drop(running);
    assert!(gone(id).await);
}

#[tokio::test]
async fn whoever_drops_the_stream_ends_the_work() {
    let mut stream = Box::pin(long_work("dropped-stream", streamed()).await.into_stream());
    assert!(stream.next().await.unwrap().is_ok());
    let id = child_with("dropped-stream").unwrap();
    drop(stream);
    assert!(gone(id).await);
}

#[tokio::test]
async fn whoever_cancels_waits_for_the_end() {
    let running = long_work("cancelled-work", streamed()).await;
    let id = child_with("cancelled-work").unwrap();
    running.cancel().await;
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
}

#[tokio::test]
async fn a_runtime_that_ends_takes_its_children_along() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (running, id) = runtime
        .spawn(async {
            let running = long_work("lost-runtime", streamed()).await;
            let id = child_with("lost-runtime").unwrap();
            (running, id)
        })
        .await
        .unwrap();
    runtime.shutdown_background();
    // Dead at once; reaped by whichever runtime looks after children next.
    let end = Instant::now() + Duration::from_secs(1);
    while alive(id) && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!alive(id));
    drop(running);
}

#[tokio::test]
async fn a_process_that_is_killed_takes_its_children_along() {
    const HELPER: &str = "LIGHTMILL_VIDEO_TEST_IS_KILLED";
    if std::env::var_os(HELPER).is_some() {
        // The process that is killed: this very test, run by itself.
        let running = long_work("killed-parent", streamed()).await;
        println!("child={}", child_with("killed-parent").unwrap());
        tokio::time::sleep(Duration::from_mins(1)).await;
        running.cancel().await;
        panic!("it was not killed");
    }
    let mut parent = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::ends::a_process_that_is_killed_takes_its_children_along", "--nocapture"])
        .env(HELPER, "1")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let id = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, id)) = line.split_once("child=") {
            break id.parse().unwrap();
        }
    };
    assert!(alive(id));
    parent.kill().await.unwrap();
    let end = Instant::now() + Duration::from_secs(1);
    while alive(id) && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!alive(id));
}

#[tokio::test]
async fn nothing_is_made_ahead_of_a_reader_who_waits() {
    let mut running = long_work("slow-reader", streamed()).await;
    running.next().await.unwrap();
    let frames = || running.progress().borrow().frames;
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let before = frames();
        // Longer than between two reports.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        if before > 0 && frames() == before {
            break;
        }
        assert!(Instant::now() < end, "it goes on: {} frames", frames());
    }
    running.cancel().await;
}

#[tokio::test]
async fn time_is_limited() {
    let mut work = streamed();
    work.limits.wall = Duration::from_millis(500);
    let error = long_work("timed-out", work).await.collect().await.unwrap_err();
    assert_eq!(error.to_string(), "the work took longer than 0 seconds");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(child_with("timed-out"), None);
    let mut work = streamed();
    work.limits.processor = Duration::from_secs(1);
    let error = long_work("out-of-processor", work).await.collect().await.unwrap_err();
    assert_eq!(error.to_string(), "the work took longer than 1 seconds");
}

#[tokio::test]
async fn output_is_limited() {
    let mut work = streamed();
    work.limits.written = 100 << 10;
    let mut running = long_work("too-much-output", work).await;
    let mut read = 0;
    let error = loop {
        match running.next().await {
            Ok(piece) => read += piece.unwrap().len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "the result is over the limit of 102400 bytes");
    assert!(read <= 100 << 10);
    assert_eq!(running.next().await.unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(child_with("too-much-output"), None);
}

#[tokio::test]
async fn memory_is_limited() {
    let output = "-an -vf scale=12000:12000 -frames:v 1 -f rawvideo pipe:1";
    let mut work = streamed();
    work.limits.memory = 150 << 20;
    let error = run(mp4(), work, "", output).await.unwrap().collect().await.unwrap_err();
    assert_eq!(error.to_string(), "the memory for this work is over the limit of 157286400 bytes");
}

#[tokio::test]
async fn a_source_without_an_end_is_left() {
    let limits = ProbeLimits { read: 16 << 20, ..ProbeLimits::default() };
    let error = probe(tools().await, endless(), &limits).await.unwrap_err();
    assert_eq!(error.to_string(), "more of the video must be read: it is over the limit of 16777216 bytes");
    let copied = "-c copy -f mpegts pipe:1";
    let work = Work { read: 16 << 20, ..streamed() };
    let error = run(endless(), work, "", copied).await.unwrap().collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let mut work = Work { read: u64::MAX, ..streamed() };
    work.limits.wall = Duration::from_millis(500);
    let error = run(endless(), work, "", copied).await.unwrap().collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn what_is_cut_off_is_told() {
    let whole = mp4().bytes.clone();
    // The index alone: there is no frame.
    let index = whole.windows(4).position(|four| four == b"mdat").unwrap();
    let error = made(Memory::new(whole.slice(..index + 8)), "", FRAME).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NothingThere | ErrorKind::NotAVideo), "{error:?}");
    // Less than the header of an index.
    let cut = Memory::new(whole.slice(..40));
    assert_eq!(made(cut.clone(), "", FRAME).await.unwrap_err().kind(), ErrorKind::NotAVideo);
    assert_eq!(probe(tools().await, cut, &ProbeLimits::default()).await.unwrap_err().kind(), ErrorKind::NotAVideo);
    // An index at the end, which is cut off.
    let (_folder, file) = clip("a.mp4", "-c:v libx264 -preset ultrafast -c:a aac");
    let whole = Memory::of_file(&file).bytes.clone();
    let cut = Memory::new(whole.slice(..whole.len() / 2));
    assert_eq!(made(cut.clone(), "", FRAME).await.unwrap_err().kind(), ErrorKind::NotAVideo);
    assert_eq!(probe(tools().await, cut, &ProbeLimits::default()).await.unwrap_err().kind(), ErrorKind::NotAVideo);
}

#[tokio::test]
async fn half_a_video_gives_its_frames() {
    let (_folder, file) = clip("a.mp4", "-c:v mjpeg -q:v 2 -movflags +faststart");
    let whole = Memory::of_file(&file).bytes.clone();
    let half = whole.slice(..whole.len() / 2);
    assert!(is_jpeg(&made(Memory::new(half.clone()), "-ss 0.5", FRAME).await.unwrap()));
    let error = made(Memory::new(half), "-ss 1.8", FRAME).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NothingThere | ErrorKind::NotAVideo), "{error:?}");
}

#[tokio::test]
async fn beyond_the_end_there_is_nothing() {
    assert_eq!(made(mp4(), "-ss 100", FRAME).await.unwrap_err().kind(), ErrorKind::NothingThere);
}

/// A video that cannot be read to its end.
struct Failing(Arc<Memory>, u64);

#[async_trait]
impl Source for Failing {
    fn size(&self) -> u64 {
        self.0.size()
    }

    async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, SourceError>>, SourceError> {
        if part.end > self.1 {
            return Err(Arc::new(std::io::Error::other("the store has gone")));
        }
        Source::read(&*self.0, part).await
    }
}

#[tokio::test]
async fn the_sources_own_error_comes_back() {
    let (_folder, file) = clip("a.mkv", "-c:v mjpeg -q:v 2 -c:a flac");
    let source = Arc::new(Failing(Memory::of_file(&file), 256 << 10));
    let error = made(source, "", "-c copy -f matroska pipe:1").await;
    let Err(Error::Source(error)) = error else { panic!("{error:?}") };
    assert_eq!(error.to_string(), "the store has gone");
}
