use crate::{Crop, CropOrigin, Rect, Size, Tile, TileAxis};

/// A crop starts outside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Incorrect crop param, {parameter} value must be in [0, {max}] ")]
pub struct OutOfImage {
    /// `x` or `y`.
    pub parameter: char,
    /// Width or height of the picture.
    pub max: u32,
}

/// The window of `crop` in a picture of `size`, cut at the picture's edges.
pub fn crop(size: Size, crop: &Crop) -> Result<Rect, OutOfImage> {
    let (x, width) = span(size.width, crop.width, crop.x, crop.gravity.column(), crop.origin)
        .ok_or(OutOfImage { parameter: 'x', max: size.width })?;
    let (y, height) = span(size.height, crop.height, crop.y, crop.gravity.row(), crop.origin)
        .ok_or(OutOfImage { parameter: 'y', max: size.height })?;
    Ok(Rect { x, y, size: Size::new(width, height) })
}

/// First pixel and length of the window along one axis; `None` if it starts outside.
fn span(length: u32, window: Option<u32>, distance: u32, cell: u32, origin: CropOrigin) -> Option<(u32, u32)> {
    let origin = match origin {
        CropOrigin::Window => {
            let free = length - window.map_or(length, |w| w.min(length));
            u64::from(free) * u64::from(cell) / 2
        }
        CropOrigin::Cell => u64::from(cell) * ((u64::from(length) * 2 + 3) / 6),
    };
    let start = u32::try_from(origin + u64::from(distance)).ok().filter(|start| *start < length)?;
    let left = length - start;
    Some((start, window.map_or(left, |w| w.clamp(1, left))))
}

/// The tile's rectangle in a picture of `size`; `None` if there is no such tile.
pub fn tile(size: Size, tile: &Tile) -> Option<Rect> {
    let along = |length: u32| {
        let start = u64::from(tile.index) * u64::from(tile.length);
        let start = u32::try_from(start).ok().filter(|start| *start < length)?;
        Some((start, tile.length.clamp(1, length - start)))
    };
    Some(match tile.axis {
        TileAxis::Horizontal => {
            let (x, width) = along(size.width)?;
            Rect { x, y: 0, size: Size::new(width, size.height) }
        }
        TileAxis::Vertical => {
            let (y, height) = along(size.height)?;
            Rect { x: 0, y, size: Size::new(size.width, height) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gravity;
    use proptest::prelude::*;

    const PHOTO: Size = Size::new(400, 267);

    fn window(origin: CropOrigin, gravity: Gravity, w: Option<u32>, h: Option<u32>, x: u32, y: u32) -> Crop {
        Crop { width: w, height: h, x, y, gravity, origin }
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, size: Size::new(width, height) }
    }

    #[test]
    fn cells_of_the_reference_server() {
        use CropOrigin::Cell;
        let north = window(Cell, Gravity::North, None, None, 0, 0);
        assert_eq!(crop(PHOTO, &north), Ok(rect(133, 0, 267, 267)));
        let south_east = window(Cell, Gravity::SouthEast, Some(50), Some(60), 10, 20);
        assert_eq!(crop(PHOTO, &south_east), Ok(rect(276, 198, 50, 60)));
    }

    #[test]
    fn official_windows() {
        use CropOrigin::Window;
        let south_east = window(Window, Gravity::SouthEast, Some(100), Some(60), 0, 0);
        assert_eq!(crop(PHOTO, &south_east), Ok(rect(300, 207, 100, 60)));
        let centre = window(Window, Gravity::Centre, Some(100), Some(67), 10, 0);
        assert_eq!(crop(PHOTO, &centre), Ok(rect(160, 100, 100, 67)));
        let over = window(Window, Gravity::NorthWest, Some(10_000), Some(10_000), 350, 0);
        assert_eq!(crop(PHOTO, &over), Ok(rect(350, 0, 50, 267)));
    }

    #[test]
    fn a_window_that_starts_outside_names_the_parameter() {
        let outside = window(CropOrigin::Window, Gravity::NorthWest, None, None, 10_000, 10);
        assert_eq!(
            crop(PHOTO, &outside).unwrap_err().to_string(),
            "Incorrect crop param, x value must be in [0, 400] "
        );
    }

    #[test]
    fn tiles_end_with_a_short_one() {
        let nth = |length, index| tile(PHOTO, &Tile { axis: TileAxis::Horizontal, length, index });
        assert_eq!(nth(250, 1), Some(rect(250, 0, 150, 267)));
        assert_eq!(nth(250, 2), None);
        assert_eq!(nth(10_000, 0), Some(rect(0, 0, 400, 267)));
        assert_eq!(nth(u32::MAX, u32::MAX), None);
    }

    proptest! {
        #[test]
        fn windows_are_inside_and_never_empty(
            width in 1..40_000u32, height in 1..40_000u32,
            w in proptest::option::of(0..u32::MAX), h in proptest::option::of(0..u32::MAX),
            x in 0..80_000u32, y in 0..80_000u32, gravity in 0..3usize, cell in any::<bool>(),
        ) {
            let gravity = [Gravity::NorthWest, Gravity::Centre, Gravity::SouthEast][gravity];
            let origin = if cell { CropOrigin::Cell } else { CropOrigin::Window };
            let size = Size::new(width, height);
            if let Ok(rect) = crop(size, &window(origin, gravity, w, h, x, y)) {
                prop_assert!(rect.fits(size) && rect.size.width > 0 && rect.size.height > 0);
            }
        }
    }
}
