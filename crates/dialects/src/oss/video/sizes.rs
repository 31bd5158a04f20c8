//! Sizes of a video: `720p`, `640x360`, or several of them for HLS.

use lightmill_recipe::video::{Bounds, VideoSide};

use super::super::arguments::Value;
use super::super::format::CannotSay;
use crate::Error;

/// Names of sizes. They lie as the video does.
const NAMES: [(&str, u16, u16); 4] =
    [("360p", 640, 360), ("480p", 854, 480), ("720p", 1280, 720), ("1080p", 1920, 1080)];

/// The names alone, for definitions.
pub(super) const WORDS: &[&str] = &["360p", "480p", "720p", "1080p"];

/// The sizes that a value lists.
pub(super) fn read(value: &Value<'_>) -> Result<Vec<Bounds>, Error> {
    value.list().map(one).collect::<Option<_>>().ok_or_else(|| value.refused())
}

/// The size of a name.
pub(super) fn named(name: &str) -> Option<Bounds> {
    let (_, width, height) = *NAMES.iter().find(|(known, ..)| *known == name)?;
    Some(Bounds { width: VideoSide::new(width)?, height: VideoSide::new(height)?, either_way: true, enlarge: false })
}

fn one(text: &str) -> Option<Bounds> {
    let side =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| VideoSide::new(text.parse().ok()?))?;
    if let Some(bounds) = named(text) {
        return Some(bounds);
    }
    let (width, height) = text.split_once('x')?;
    Some(Bounds { width: side(width)?, height: side(height)?, either_way: false, enlarge: false })
}

/// The word for a size.
pub(super) fn say(bounds: Bounds) -> Result<String, CannotSay> {
    let (width, height) = (bounds.width.get(), bounds.height.get());
    if !bounds.either_way {
        return Ok(format!("{width}x{height}"));
    }
    let name = NAMES.iter().find(|(_, longer, shorter)| (*longer, *shorter) == (width, height));
    name.map(|(name, ..)| (*name).to_owned())
        .ok_or_else(|| CannotSay::new(format!("{width}x{height} whichever way it lies")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for text in ["360p", "480p", "720p", "1080p", "16x8192", "853x480"] {
            assert_eq!(one(text).map(say), Some(Ok(text.to_owned())));
        }
        assert!(WORDS.iter().zip(NAMES).all(|(word, (name, ..))| *word == name));
        for wrong in ["", "x", "720", "15x16", "16x8193", "+16x16", "16x16x16", "720P", "65552x16"] {
            assert_eq!(one(wrong), None, "{wrong}");
        }
    }
}
