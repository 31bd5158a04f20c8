use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::Source;
use lightmill_recipe::video::{BestFrame, FrameChoice, PartsPerMillion, Position, VideoFrame};

use crate::go_duration;

/// What keys of videos end with.
const VIDEOS: [&str; 14] =
    ["mp4", "m4v", "mov", "webm", "mkv", "avi", "flv", "3gp", "3g2", "ts", "mpg", "mpeg", "ogv", "m2ts"];

/// Which frame of a video a URL means, if its picture is a video (imagorvideo).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoWish {
    /// This one (`frame`).
    pub frame: Option<Position>,
    /// The best one from there on (`seek`).
    pub seek: Option<Position>,
    /// Of so many (`max_frames`).
    pub frames: Option<NonZeroU32>,
}

impl VideoWish {
    /// The frame, if `source` is called as a video is.
    pub fn of(self, source: &Source) -> Option<VideoFrame> {
        let Source::Object(locator) = source else { return None };
        let (_, extension) = locator.key.rsplit_once('.')?;
        if !VIDEOS.iter().any(|video| extension.eq_ignore_ascii_case(video)) {
            return None;
        }
        let choice = match (self.frame, self.seek) {
            (Some(position), _) => FrameChoice::Exact(position),
            (None, from) => FrameChoice::Best(BestFrame {
                from: from.unwrap_or(Position::Time(Duration::ZERO)),
                frames: self.frames,
            }),
        };
        Some(VideoFrame::new(choice))
    }
}

/// A part of the whole with a dot (`0.5`, at most 1), a time (`5m1s`), or the number of a frame, from 0.
pub fn position(text: &str) -> Option<Position> {
    if let Ok(number) = text.parse::<u32>() {
        return Some(Position::Frame(number));
    }
    if let Ok(part) = text.parse::<f64>() {
        let millionths = (0.0..=1.0).contains(&part).then(|| (part * 1e6).round() as u32)?;
        return PartsPerMillion::new(millionths).map(Position::Share);
    }
    // Recipes count milliseconds.
    go_duration(text).map(|time| Position::Time(Duration::from_millis(time.as_millis() as u64)))
}

/// The position as [`position`] reads it.
pub fn written(position: Position) -> String {
    match position {
        Position::Time(time) => format!("{}ms", time.as_millis()),
        Position::Frame(number) => number.to_string(),
        Position::Share(share) => {
            let millionths = share.get();
            format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Locator;

    use super::*;

    #[test]
    fn positions_are_read_and_written() {
        for (text, expected) in [
            ("0.5", Some("0.500000")),
            ("1.0", Some("1.000000")),
            ("0", Some("0")),
            ("25", Some("25")),
            ("5m1s", Some("301000ms")),
            ("1.5", None),
            ("-1", None),
            ("x", None),
            ("NaN", None),
            ("", None),
        ] {
            let read = position(text);
            assert_eq!(read.map(written).as_deref(), expected, "{text}");
            assert_eq!(read.map(written).and_then(|text| position(&text)), read, "{text}");
        }
    }

    #[test]
    fn only_videos_have_frames() {
        let wish = VideoWish { frame: position("3"), ..VideoWish::default() };
        let of = |key: &str, wish: VideoWish| wish.of(&Source::Object(Locator::key(key))).map(|frame| frame.choice);
        assert_eq!(of("a/film.MP4", wish), Some(FrameChoice::Exact(Position::Frame(3))));
        assert!(matches!(of("film.webm", VideoWish::default()), Some(FrameChoice::Best(_))));
        for key in ["a.jpg", "mp4", "film.mp4.jpg", ""] {
            assert_eq!(of(key, wish), None, "{key}");
        }
    }
}
