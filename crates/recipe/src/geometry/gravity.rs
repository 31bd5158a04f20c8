use serde::Serialize;

use crate::Size;

/// A compass direction, or the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// Upper left.
    NorthWest,
    /// Upper edge, middle.
    North,
    /// Upper right.
    NorthEast,
    /// Left edge, middle.
    West,
    /// The middle.
    Centre,
    /// Right edge, middle.
    East,
    /// Lower left.
    SouthWest,
    /// Lower edge, middle.
    South,
    /// Lower right.
    SouthEast,
}

impl Gravity {
    /// Column of the 3×3 grid: 0 left, 1 middle, 2 right.
    pub const fn column(self) -> u32 {
        match self {
            Self::NorthWest | Self::West | Self::SouthWest => 0,
            Self::North | Self::Centre | Self::South => 1,
            Self::NorthEast | Self::East | Self::SouthEast => 2,
        }
    }

    /// Row of the 3×3 grid: 0 top, 1 middle, 2 bottom.
    pub const fn row(self) -> u32 {
        match self {
            Self::NorthWest | Self::North | Self::NorthEast => 0,
            Self::West | Self::Centre | Self::East => 1,
            Self::SouthWest | Self::South | Self::SouthEast => 2,
        }
    }
}

/// Upper left corner of an `item` on a `canvas`, possibly outside of it: `x` and `y` pixels from the edges that
/// `gravity` names, `vertical_offset` pixels below the middle line where it names none (OSS `watermark`).
pub fn place(canvas: Size, item: Size, gravity: Gravity, x: u32, y: u32, vertical_offset: i32) -> (i64, i64) {
    let free_x = i64::from(canvas.width) - i64::from(item.width);
    let free_y = i64::from(canvas.height) - i64::from(item.height);
    let left = match gravity.column() {
        0 => i64::from(x),
        1 => half_up(free_x),
        _ => free_x - i64::from(x),
    };
    let top = match gravity.row() {
        0 => i64::from(y),
        1 => half_up(free_y) + i64::from(vertical_offset),
        _ => free_y - i64::from(y),
    };
    (left, top)
}

/// n / 2, rounded half up.
fn half_up(n: i64) -> i64 {
    (n + 1).div_euclid(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placed_at_edges_and_in_the_middle() {
        let (canvas, item) = (Size::new(100, 60), Size::new(11, 20));
        assert_eq!(place(canvas, item, Gravity::NorthWest, 5, 7, 9), (5, 7));
        assert_eq!(place(canvas, item, Gravity::SouthEast, 5, 7, 9), (84, 33));
        assert_eq!(place(canvas, item, Gravity::Centre, 5, 7, 9), (45, 29));
        assert_eq!(place(canvas, item, Gravity::East, 5, 7, -30), (84, -10));
    }
}
