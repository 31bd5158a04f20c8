//! One value per thing that can be done to a picture.

mod adjust;
mod crop;
mod overlay;
mod resize;
mod shape;
pub mod sharp;

pub use adjust::{Blur, Linear, Sharpen};
pub use crop::{Crop, CropOrigin, Tile, TileAxis};
pub use overlay::{Alignment, Mark, MarkOrder, Overlay, Shadow, Text, Tiling};
pub use resize::{Enlarge, Fit, Light, Resize, Target};
pub use shape::{Circle, CircleCentre, Rotate, RoundedCorners};

use serde::Serialize;

/// Something that is done to a picture. Every one of them works on each frame of an animation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Another size.
    Resize(Resize),
    /// A window of the picture.
    Crop(Crop),
    /// One tile of a row or column of equal tiles.
    Tile(Tile),
    /// A disc from the middle, the rest transparent.
    Circle(Circle),
    /// Corners cut to arcs, transparent.
    RoundedCorners(RoundedCorners),
    /// Clockwise rotation on a growing canvas.
    Rotate(Rotate),
    /// Softer.
    Blur(Blur),
    /// Crisper.
    Sharpen(Sharpen),
    /// A gain and an offset on each colour channel.
    Linear(Linear),
    /// Luma only.
    Greyscale,
    /// Text, a picture or both drawn on top.
    Overlay(Overlay),
}

impl Operation {
    /// The name that plans, logs and timings use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Resize(_) => "resize",
            Self::Crop(_) => "crop",
            Self::Tile(_) => "tile",
            Self::Circle(_) => "circle",
            Self::RoundedCorners(_) => "rounded_corners",
            Self::Rotate(_) => "rotate",
            Self::Blur(_) => "blur",
            Self::Sharpen(_) => "sharpen",
            Self::Linear(_) => "linear",
            Self::Greyscale => "greyscale",
            Self::Overlay(_) => "overlay",
        }
    }
}
