use serde::Serialize;

use crate::Colour;

/// Another size. Where the result lies is computed by [`crate::geometry::resize`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Resize {
    /// The size asked for.
    pub target: Target,
    /// How the picture fits that size.
    pub fit: Fit,
    /// What happens if the result would be larger than the picture.
    pub enlarge: Enlarge,
    /// In which light samples are mixed.
    pub light: Light,
}

/// In which light samples are mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// As they are encoded, as libvips and browsers do it.
    #[default]
    Gamma,
    /// As amounts of light, which keeps fine bright detail, for about twice the time.
    Linear,
}

/// The size asked for, in pixels or percent; each number is 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Width and height; one that is absent follows from the picture's aspect ratio, both absent change nothing.
    Box {
        /// Columns.
        width: Option<u32>,
        /// Rows.
        height: Option<u32>,
    },
    /// The longer and the shorter side of the picture, whichever way it lies.
    Sides {
        /// Pixels of the longer side.
        longer: Option<u32>,
        /// Pixels of the shorter side.
        shorter: Option<u32>,
    },
    /// Percent of the picture's own width and height.
    Percent(u32),
    /// Percent of the width and height of the picture on which this input is laid.
    PercentOfParent(u32),
}

/// How a picture of one aspect ratio meets a box of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// The largest picture that fits into the box (OSS `lfit`, sharp `inside`).
    Inside,
    /// The smallest picture that covers the box (OSS `mfit`, sharp `outside`).
    Outside,
    /// Covers the box, and what hangs over is cut equally on both sides (OSS `fill`, sharp `cover`).
    Cover,
    /// Fits into the box, which is filled up with a colour (OSS `pad`, sharp `contain`).
    Contain {
        /// The filling.
        background: Colour,
    },
    /// Exactly the box, aspect ratio not kept (OSS `fixed`, sharp `fill`).
    Stretch,
}

/// What happens if the result would be larger than the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Enlarge {
    /// It is enlarged.
    Allowed,
    /// It is enlarged, unless it is a GIF and stays one (OSS `limit_0`).
    AllowedButGif,
    /// The operation does nothing (OSS `limit_1`).
    Never,
    /// As `Never`, but `Stretch` bounds each side by itself (libvips' "without enlargement").
    NeverEachSide,
}
