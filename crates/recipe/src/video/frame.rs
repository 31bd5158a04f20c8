use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;

use super::PartsPerMillion;
use super::milliseconds;

/// The picture that is taken out of a video before the first operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct VideoFrame {
    /// Which frame it is.
    pub choice: FrameChoice,
    /// Its width in pixels, at most the video's own; `None` follows from the height.
    pub width: Option<NonZeroU32>,
    /// Its height in pixels, at most the video's own; `None` follows from the width. With both given the picture has exactly
    /// this size, whatever the aspect ratio; with neither, that of the video as it is shown.
    pub height: Option<NonZeroU32>,
    /// Which way up it is.
    pub turn: FrameTurn,
}

impl VideoFrame {
    /// This frame, upright, in the video's own size.
    pub const fn new(choice: FrameChoice) -> Self {
        Self { choice, width: None, height: None, turn: FrameTurn::Upright }
    }
}

/// How a frame is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameChoice {
    /// The first frame that begins then or later; the last one, where there is none.
    Exact(Position),
    /// The key frame that begins then, or the last one before: found without decoding what lies between.
    KeyFrame(Position),
    /// The one of several that stands best for them.
    Best(BestFrame),
}

/// A moment in a video. One that lies behind the end means the last frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Counted from the beginning, in whole milliseconds.
    Time(#[serde(serialize_with = "milliseconds::serialize")] Duration),
    /// Counted in frames of the average rate; the first is 0.
    Frame(u32),
    /// A share of the whole duration.
    Share(PartsPerMillion),
}

/// The frame whose histogram of colours is nearest to the mean of all that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BestFrame {
    /// Where the search begins.
    pub from: Position,
    /// How many frames are looked at; `None` leaves it to the server.
    pub frames: Option<NonZeroU32>,
}

/// Which way up a frame is given. The rotation that is stored with a video is part of how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameTurn {
    /// As the video is shown.
    #[default]
    Upright,
    /// Wider than high: a quarter turn clockwise if it is not.
    Landscape,
    /// Higher than wide: a quarter turn clockwise if it is not.
    Portrait,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_forms_are_short() {
        let text = |choice| serde_json::to_string(&VideoFrame::new(choice)).unwrap_or_default();
        assert_eq!(
            text(FrameChoice::Exact(Position::Time(Duration::from_micros(1_500_900)))),
            r#"{"choice":{"exact":{"time":1500}},"width":null,"height":null,"turn":"upright"}"#
        );
        let best = BestFrame { from: Position::Frame(3), frames: NonZeroU32::new(100) };
        assert!(text(FrameChoice::Best(best)).starts_with(r#"{"choice":{"best":{"from":{"frame":3},"frames":100}}"#));
    }
}
