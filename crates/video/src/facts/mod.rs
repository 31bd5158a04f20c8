//! What is in a video, from ffprobe's JSON (`-show_format -show_streams`).
//!
//! The JSON is made of a file that anyone may have crafted: whatever is missing, negative, not a number or absurd is as if
//! it were not there, and a picture stream without a plausible size is none.

mod audio;
mod colour;
mod number;
mod raw;
mod read;
mod rotation;
mod video;

pub use audio::AudioStream;
pub use colour::{Matrix, Transfer};
pub use read::FactsError;
pub use rotation::Rotation;
pub use video::VideoStream;

use std::time::Duration;

use serde::Serialize;

/// What is known about a video. Its JSON is what [`lightmill_recipe::Output::VideoInfo`] answers with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// ffprobe's names of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// How long it is; `None` if the file does not say.
    #[serde(rename = "duration_seconds", serialize_with = "seconds")]
    pub duration: Option<Duration>,
    /// Bits per second of everything together.
    pub bit_rate: Option<u64>,
    /// Bytes of the file.
    pub bytes: Option<u64>,
    /// Streams of moving pictures, in their order; cover pictures are none.
    pub video: Vec<VideoStream>,
    /// Streams of sound, in their order.
    pub audio: Vec<AudioStream>,
}

impl Facts {
    /// The stream of pictures that everything is made of: the first.
    pub fn picture(&self) -> Option<&VideoStream> {
        self.video.first()
    }

    /// Whether its pictures stand for light of high dynamic range.
    pub fn is_high_dynamic_range(&self) -> bool {
        self.picture().is_some_and(VideoStream::is_high_dynamic_range)
    }

    /// The stream of sound that everything is made of: the first.
    pub fn sound(&self) -> Option<&AudioStream> {
        self.audio.first()
    }
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn seconds<S: serde::Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => serializer.serialize_some(&duration.as_secs_f64()),
        None => serializer.serialize_none(),
    }
}
