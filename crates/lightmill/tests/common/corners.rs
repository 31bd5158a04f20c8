//! A film whose corners tell how it is turned, and whose beep tells whether sound and pictures belong together.

use std::process::Command;

use lightmill_testkit::{Picture, Scratch};
use serde_json::Value;

/// Seconds that it lasts. In the middle the first corner changes, and the tone begins.
pub const SECONDS: f64 = 2.0;

/// How it is stored.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    pub name: &'a str,
    /// Pixels.
    pub size: (u32, u32),
    /// Filters behind the corners.
    pub filters: &'a str,
    /// Options of encoders and container.
    pub options: &'a [&'a str],
    pub sound: bool,
}

impl Default for Stored<'_> {
    /// H.264 and AAC in MP4, 192x108, 25 frames a second.
    fn default() -> Self {
        Self { name: "film.mp4", size: (192, 108), filters: "null", options: &H264, sound: true }
    }
}

/// What [`Stored`] has by default.
pub const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

/// Red and then yellow; green; blue; white: from left to right, from top to bottom.
fn pattern((width, height): (u32, u32)) -> String {
    let corner = |x: &str, y: &str, colour: &str| format!("drawbox={x}:{y}:iw/2:ih/2:{colour}:fill");
    format!(
        "color=white:size={width}x{height}:rate=25:duration={SECONDS},format=gbrp,{},{}:enable='gte(t,1)',{},{}",
        corner("0", "0", "red"),
        corner("0", "0", "yellow"),
        corner("iw/2", "0", "lime"),
        corner("0", "ih/2", "blue"),
    )
}

impl Stored<'_> {
    pub fn bytes(&self) -> Vec<u8> {
        let folder = Scratch::new().unwrap();
        let file = folder.path().join(self.name);
        let picture = format!("{},{}", pattern(self.size), self.filters);
        let tone = format!("aevalsrc=gte(t\\,1)*sin(2*PI*440*t)/2:d={SECONDS}:s=48000");
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-f", "lavfi", "-i", &picture]);
        if self.sound {
            ffmpeg.args(["-f", "lavfi", "-i", &tone]);
        }
        assert!(ffmpeg.args(self.options).arg(&file).status().unwrap().success(), "{}", self.name);
        std::fs::read(file).unwrap()
    }
}

/// `film`, an MP4, that says of itself that it is to be turned clockwise so many degrees.
pub fn turned(mut film: Vec<u8>, degrees: u32) -> Vec<u8> {
    let (sine, cosine) = match degrees {
        90 => (1, 0),
        180 => (0, -1),
        270 => (-1, 0),
        _ => panic!("{degrees}"),
    };
    // The first track's matrix, 16.16 and 2.30 fixed point (ISO/IEC 14496-12, section 8.3.2).
    let matrix: [i32; 9] = [cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30];
    let header = film.windows(4).position(|four| four == b"tkhd").unwrap();
    let place = &mut film[header + 44..][..36];
    for (four, number) in place.chunks_exact_mut(4).zip(matrix) {
        four.copy_from_slice(&number.to_be_bytes());
    }
    film
}

/// Which of the three primaries shine in each corner: as bits, red first.
pub type Corners = [u8; 4];

/// How the film begins, and how it goes on.
pub const BEGINS: Corners = [0b100, 0b010, 0b001, 0b111];
pub const GOES_ON: Corners = [0b110, 0b010, 0b001, 0b111];

fn shining(pixel: [u8; 3]) -> u8 {
    let most = pixel.iter().copied().max().unwrap_or(0);
    pixel.iter().fold(0, |bits, channel| bits << 1 | u8::from(*channel > most / 2))
}

/// The corners of a picture, in their middles.
pub fn corners(picture: &Picture) -> Corners {
    let (width, height) = (picture.width(), picture.height());
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let [red, green, blue, _] = picture.pixel(width * x / 4, height * y / 4).unwrap();
        shining([red, green, blue])
    })
}

/// What a player sees and hears of a film.
#[derive(Debug)]
pub struct Seen {
    /// What ffprobe tells of container and streams.
    pub told: Value,
    /// Each frame: when it is shown, in seconds from the beginning of the file, and its corners.
    pub frames: Vec<(f64, Corners)>,
    /// When the tone begins, on the same clock.
    pub tone: Option<f64>,
}

impl Seen {
    pub fn of(film: &[u8]) -> Self {
        let folder = Scratch::new().unwrap();
        let file = folder.write("made", film).unwrap();
        let asked = ["-v", "error", "-show_format", "-show_streams", "-of", "json"];
        let told = Command::new("ffprobe").args(asked).arg(&file).output().unwrap().stdout;
        let told: Value = serde_json::from_slice(&told).unwrap();
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-hide_banner", "-nostats", "-i"]).arg(&file);
        ffmpeg.args([
            "-map",
            "0:v:0",
            "-vf",
            "showinfo,format=rgb24,scale=4:4:flags=neighbor",
            "-fps_mode",
            "passthrough",
        ]);
        ffmpeg.args(["-f", "rawvideo", "-"]);
        ffmpeg.args(["-map", "0:a:0?", "-af", "silencedetect=noise=-20dB:d=0.3", "-f", "null", "-"]);
        let watched = ffmpeg.output().unwrap();
        let said = String::from_utf8_lossy(&watched.stderr).into_owned();
        assert!(watched.status.success(), "{said}");
        let numbers = |name: &str| -> Vec<f64> {
            let numbers = said.split(name).skip(1).filter_map(|rest| rest.split_whitespace().next());
            numbers.filter_map(|number| number.parse().ok()).collect()
        };
        let colours = watched.stdout.chunks_exact(4 * 4 * 3).map(|frame| {
            let corner = |pixel: usize| shining([frame[3 * pixel], frame[3 * pixel + 1], frame[3 * pixel + 2]]);
            [0, 3, 12, 15].map(corner)
        });
        let moments = numbers("pts_time:");
        assert_eq!(moments.len(), colours.len(), "{said}");
        Self {
            told,
            frames: moments.into_iter().zip(colours).collect(),
            tone: numbers("silence_end: ").first().copied(),
        }
    }

    /// The first stream of `video` or `audio`.
    pub fn stream(&self, kind: &str) -> &Value {
        let streams = self.told["streams"].as_array().unwrap();
        streams.iter().find(|stream| stream["codec_type"] == kind).unwrap_or(&Value::Null)
    }

    /// A number that ffprobe writes as text.
    pub fn seconds(place: &Value) -> f64 {
        place.as_str().unwrap().parse().unwrap()
    }
}
