use serde::Serialize;

use crate::Pixels;

/// Width and height in pixels. A size that went through [`crate::geometry`] is never 0 in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// `width` columns by `height` rows.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn pixels(self) -> Pixels {
        Pixels(self.width as u64 * self.height as u64)
    }

    /// Width and height exchanged, as a quarter turn does.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// The longer side.
    pub const fn longer(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }

    /// The shorter side.
    pub const fn shorter(self) -> u32 {
        if self.width < self.height { self.width } else { self.height }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A rectangle inside a picture: origin at the top left, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Size of the window.
    pub size: Size,
}

impl Rect {
    /// The whole of a picture of `size`.
    pub const fn whole(size: Size) -> Self {
        Self { x: 0, y: 0, size }
    }

    /// Whether the rectangle lies inside a picture of `size`.
    pub fn fits(self, size: Size) -> bool {
        u64::from(self.x) + u64::from(self.size.width) <= u64::from(size.width)
            && u64::from(self.y) + u64::from(self.size.height) <= u64::from(size.height)
    }
}
