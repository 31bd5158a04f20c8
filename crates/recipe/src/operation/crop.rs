use serde::Serialize;

use crate::Gravity;

/// A window of the picture. Where it lies is computed by [`crate::geometry::crop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Crop {
    /// Columns; absent: to the right edge.
    pub width: Option<u32>,
    /// Rows; absent: to the lower edge.
    pub height: Option<u32>,
    /// Columns between the origin and the window.
    pub x: u32,
    /// Rows between the origin and the window.
    pub y: u32,
    /// Which part of the picture the origin belongs to.
    pub gravity: Gravity,
    /// How gravity becomes an origin.
    pub origin: CropOrigin,
}

/// How gravity becomes the origin from which a crop counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CropOrigin {
    /// The window itself is placed at that edge or in the middle (official OSS).
    Window,
    /// The upper left corner of that cell of a 3×3 grid (wchaws/serverless-image-handler).
    Cell,
}

/// One of the equal tiles into which a picture is cut; the last one may be short. A tile that does not exist leaves
/// the picture as it is (OSS `indexcrop`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// Which way the tiles follow each other.
    pub axis: TileAxis,
    /// Pixels of a tile along the axis, 1 or more.
    pub length: u32,
    /// Number of the tile, from 0.
    pub index: u32,
}

/// Which way tiles follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TileAxis {
    /// From left to right; each tile is as high as the picture.
    Horizontal,
    /// From top to bottom; each tile is as wide as the picture.
    Vertical,
}
