//! What ffmpeg makes with arguments of ours.

use std::path::Path;
use std::process::Command;

use lightmill_video::Facts;
use lightmill_video::arguments::{Job, Target};

use crate::sources::facts;

/// Runs a job in a folder of its own; what was written to standard output.
pub fn run(job: &Job, input: &Path, folder: &Path) -> Vec<u8> {
    let line = job.arguments.command_line(&["-v", "error"], input.to_str().unwrap());
    let made = Command::new("ffmpeg").args(&line).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{line:?}: {}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

/// Runs a job and probes its one file, or what it wrote to standard output.
pub fn probed(job: &Job, input: &Path) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    let bytes = run(job, input, folder.path());
    let path = match job.arguments.target() {
        Target::File(name) => folder.path().join(name),
        Target::Stdout => {
            let path = folder.path().join("stdout");
            std::fs::write(&path, bytes).unwrap();
            path
        }
    };
    facts(&path)
}

/// A picture of 24 bits: width, height, and the red, green and blue of a pixel.
pub struct Bitmap {
    pub width: u32,
    pub height: u32,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// Runs a job that writes one.
    pub fn of(job: &Job, input: &Path) -> Self {
        let bytes = run(job, input, Path::new("."));
        assert_eq!(bytes.get(..2), Some(&b"BM"[..]), "{} bytes", bytes.len());
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        Self { width: number(18), height: number(22), bytes }
    }

    /// Rows go from the lowest up, each filled to four bytes; a pixel is blue, green, red.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let row = (self.width * 3).div_ceil(4) * 4;
        let start = u32::from_le_bytes(self.bytes[10..14].try_into().unwrap());
        let at = (start + (self.height - 1 - y) * row + x * 3) as usize;
        [self.bytes[at + 2], self.bytes[at + 1], self.bytes[at]]
    }

    pub fn is_red(&self, x: u32, y: u32) -> bool {
        let [red, _, blue] = self.pixel(x, y);
        red > 150 && blue < 100
    }

    pub fn is_blue(&self, x: u32, y: u32) -> bool {
        let [red, _, blue] = self.pixel(x, y);
        red < 100 && blue > 150
    }
}
