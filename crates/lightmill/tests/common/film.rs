//! Clips that tests make with ffmpeg, and what they find out about others.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lightmill_testkit::{Client, Response, Scratch, Server};

use super::hls::LONG;

/// A clip of `filter`, with more options behind the input.
pub fn clip(filter: &str, options: &[&str], name: &str) -> Vec<u8> {
    let folder = Scratch::new().unwrap();
    let file = folder.path().join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", filter])
        .args(options)
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success(), "{name}");
    std::fs::read(file).unwrap()
}

/// Red for a second, then blue for one.
pub fn red_and_blue() -> Vec<u8> {
    let filter =
        "color=red:size=320x180:rate=10:duration=1[a];color=blue:size=320x180:rate=10:duration=1[b];[a][b]concat";
    clip(filter, &["-pix_fmt", "yuv420p", "-g", "5"], "a.mp4")
}

/// So many seconds of 720p, with a tone.
pub fn long(seconds: u32) -> Vec<u8> {
    let picture = format!("testsrc2=size=1280x720:rate=25:duration={seconds}");
    let tone = format!("sine=duration={seconds}");
    let options =
        ["-f", "lavfi", "-i", &tone, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"];
    clip(&picture, &options, "long.mp4")
}

/// The answer as soon as the clip is kept.
pub fn kept(client: &Client, target: &str) -> Response {
    until(LONG, || client.head(target).header("content-length").is_some());
    client.get(target)
}

/// What ffprobe says of `bytes`, one line for each stream: of the `entries` of streams.
pub fn probed(bytes: &[u8], entries: &str) -> Vec<String> {
    let folder = Scratch::new().unwrap();
    let file = folder.write("made", bytes).unwrap();
    let said = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", &format!("stream={entries}"), "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A hash of the pictures that a player sees in a file, or at an address, with their count.
pub fn frames(place: impl AsRef<Path>) -> (usize, String) {
    let place = place.as_ref();
    let said = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(place)
        .args(["-map", "0:v:0", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success() && errors.is_empty(), "{}: {errors}", place.display());
    let text = String::from_utf8(said.stdout).unwrap();
    let hashes: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit(", ").next()).collect();
    (hashes.len(), hashes.concat())
}

/// [`frames`] of a file of `bytes`.
pub fn frames_of(bytes: &[u8]) -> (usize, String) {
    let folder = Scratch::new().unwrap();
    frames(folder.write("made", bytes).unwrap())
}

/// The programs that `server` has started and that still run.
pub fn children(server: &Server) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap().flatten();
    let ids = tasks.flat_map(|task| {
        let ids = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    ids.filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/comm")).ok()).collect()
}

/// Waits until `what` is so, for `most` at most.
pub fn until(most: Duration, mut what: impl FnMut() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < most, "not within {most:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
