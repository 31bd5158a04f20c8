use std::time::Duration;

use serde::Serialize;

use super::{FrameRate, Length, VideoSide, milliseconds};

/// An animated picture of a piece of a video, without sound, that repeats for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The picture's format.
    pub format: PreviewFormat,
    /// Where the piece begins, in whole milliseconds.
    #[serde(serialize_with = "milliseconds::serialize")]
    pub start: Duration,
    /// How long the piece is at most.
    pub length: Length,
    /// Frames per second at most.
    pub frame_rate: FrameRate,
    /// Width in pixels at most; the height follows. A narrower video keeps its own.
    pub width: VideoSide,
}

/// The format of an animated picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PreviewFormat {
    /// GIF, with a palette of the whole piece.
    Gif,
    /// WebP, lossy.
    WebP,
}

impl PreviewFormat {
    /// The registered media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}
