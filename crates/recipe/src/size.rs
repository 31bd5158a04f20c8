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

    /// Whether there is no pixel in it.
    pub const fn is_empty(self) -> bool {
        self.size.shorter() == 0
    }

    /// The pixels that are in both; empty if there are none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.size.width).min(other.x + other.size.width);
        let bottom = (self.y + self.size.height).min(other.y + other.size.height);
        Self { x, y, size: Size::new(right.saturating_sub(x), bottom.saturating_sub(y)) }
    }

    /// The smallest rectangle that holds both; an empty one counts for nothing.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return if self.is_empty() { other } else { self };
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.size.width).max(other.x + other.size.width);
        let bottom = (self.y + self.size.height).max(other.y + other.size.height);
        Self { x, y, size: Size::new(right - x, bottom - y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hulls_and_intersections() {
        let rect = |x, y, width, height| Rect { x, y, size: Size::new(width, height) };
        let (a, b, far) = (rect(2, 3, 4, 4), rect(4, 1, 5, 3), rect(20, 20, 1, 1));
        assert_eq!(a.intersection(b), rect(4, 3, 2, 1));
        assert_eq!(a.hull(b), rect(2, 1, 7, 6));
        assert!(a.intersection(far).is_empty());
        assert_eq!(a.hull(rect(9, 9, 0, 3)), a);
        assert_eq!(rect(9, 9, 3, 0).hull(a), a);
    }
}
