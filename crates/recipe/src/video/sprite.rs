use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;

use super::{Length, VideoSide, milliseconds};
use crate::Format;

/// Frames of a video on one sheet, row after row, for previews while a player seeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sprite {
    /// The sheet's format.
    pub format: SpriteFormat,
    /// How many frames a sheet holds.
    pub grid: SpriteGrid,
    /// Width of one frame in pixels; `None` follows from the height, or is 160 where that is not given either.
    pub width: Option<VideoSide>,
    /// Height of one frame in pixels; `None` follows from the width. With both given frames fit inside, on black.
    pub height: Option<VideoSide>,
    /// Where the first frame is taken, in whole milliseconds.
    #[serde(serialize_with = "milliseconds::serialize")]
    pub start: Duration,
    /// How far apart frames are.
    pub interval: Interval,
    /// Frames at most; `None` is as many as the sheet holds.
    pub frames: Option<NonZeroU32>,
}

/// The time between two frames of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// So long.
    Every(Length),
    /// As long as it takes to spread the frames over the whole rest of the video.
    Spread,
}

/// The places of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SpriteGrid {
    columns: u8,
    rows: u8,
}

impl SpriteGrid {
    /// 10 by 10.
    pub const USUAL: Self = Self { columns: 10, rows: 10 };

    /// `None` unless there are 1 to 32 columns and rows.
    pub fn new(columns: u8, rows: u8) -> Option<Self> {
        ((1..=32).contains(&columns) && (1..=32).contains(&rows)).then_some(Self { columns, rows })
    }

    /// Places from left to right, 1 to 32.
    pub const fn columns(self) -> u8 {
        self.columns
    }

    /// Places from top to bottom, 1 to 32.
    pub const fn rows(self) -> u8 {
        self.rows
    }

    /// All places, 1 to 1024.
    pub const fn places(self) -> u32 {
        self.columns as u32 * self.rows as u32
    }
}

/// The format of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpriteFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// AVIF.
    Avif,
}

impl SpriteFormat {
    /// The same among all formats of pictures.
    pub const fn format(self) -> Format {
        match self {
            Self::Jpeg => Format::Jpeg,
            Self::Png => Format::Png,
            Self::WebP => Format::WebP,
            Self::Avif => Format::Avif,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_1_to_1024_places() {
        assert_eq!([(0, 1), (1, 0), (33, 1), (1, 33)].map(|(columns, rows)| SpriteGrid::new(columns, rows)), [None; 4]);
        assert_eq!(SpriteGrid::new(32, 32).map(SpriteGrid::places), Some(1024));
        assert_eq!(SpriteGrid::new(10, 10), Some(SpriteGrid::USUAL));
    }
}
