use serde::Serialize;

/// A border trimmed, and a window taken whose edges count from the untrimmed picture: one rectangle, computed by
/// [`crate::geometry::cut`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cut {
    /// The border that goes first.
    pub trim: Option<Trim>,
    /// The window.
    pub window: Option<Edges>,
}

/// A border of one colour that is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trim {
    /// The pixel whose colour is the border's.
    pub reference: Corner,
    /// How far a pixel may be from that colour and still be border.
    pub tolerance: u32,
    /// How that distance is measured.
    pub distance: TrimDistance,
}

/// A corner of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Upper left.
    TopLeft,
    /// Lower right.
    BottomRight,
}

/// How far two pixels are from each other. What is kept is the box of all pixels that are farther than the tolerance
/// from the reference; where there is none, nothing is trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimDistance {
    /// Euclidean over all channels, alpha included, in steps of 8 bits (Thumbor).
    Euclidean,
    /// libvips' `find_trim`: the largest difference of one channel after a 3×3 median, alpha laid on magenta; a
    /// tolerance of 0 counts as 1, animations are not trimmed (imagor).
    LargestChannel,
}

/// The edges of a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edges {
    /// In pixels from the upper left corner, right and bottom exclusive. Edges outside of the picture are moved to its
    /// border; a window without a pixel is no window.
    Pixels {
        /// First column.
        left: u32,
        /// First row.
        top: u32,
        /// Column after the last.
        right: u32,
        /// Row after the last.
        bottom: u32,
    },
    /// As parts of width and height, 0 to 1, rounded to pixels.
    Parts {
        /// Part of the width before the window.
        left: f64,
        /// Part of the height above the window.
        top: f64,
        /// Part of the width up to the window's end.
        right: f64,
        /// Part of the height down to the window's end.
        bottom: f64,
    },
    /// Position and size; numbers between 0 and 1 are parts of width and height (imagor's filter `crop`).
    Box {
        /// First column.
        left: f64,
        /// First row.
        top: f64,
        /// Columns.
        width: f64,
        /// Rows.
        height: f64,
    },
}

/// Mirrored in one direction or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Left becomes right.
    pub horizontal: bool,
    /// Top becomes bottom.
    pub vertical: bool,
}
