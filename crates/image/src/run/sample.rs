use lightmill_recipe::Size;

use crate::{Error, Layout, Picture, Plane};

/// Side of a part of a sample: a multiple of every codec's blocks, so that parts do not mix.
const TILE: u32 = 128;
/// Parts of a sample on each axis.
const TILES: u32 = 4;

/// A picture of at most 512 × 512 pixels that is as hard to encode as `picture`: small ones as they are, of others 16
/// parts from all over it, side by side, every pixel as it is.
pub(super) fn sample(picture: &Picture) -> Result<Picture, Error> {
    let size = picture.size();
    if size.pixels() <= Size::new(TILE * TILES, TILE * TILES).pixels() {
        return Ok(picture.clone());
    }
    // A picture that is small in one direction gives more parts in the other.
    let along = |length: u32, most: u32| (length / TILE).clamp(1, most);
    let columns = along(size.width, TILES);
    let rows = along(size.height, TILES * TILES / columns);
    let columns = along(size.width, TILES * TILES / rows);
    let tile = Size::new(TILE.min(size.width), TILE.min(size.height));
    let result = Size::new(tile.width * columns, tile.height * rows);
    let starts = |length: u32, tile: u32, count: u32| -> Vec<u32> {
        let room = u64::from(length - tile);
        // In the middle of equal shares, at places where no subsampled pixel is cut.
        (0..count).map(|i| ((room * u64::from(2 * i + 1) / u64::from(2 * count)) as u32) & !15).collect()
    };
    let (lefts, tops) = (starts(size.width, tile.width, columns), starts(size.height, tile.height, rows));
    let take = |plane: &Plane, channels: usize, (across, down): (u32, u32)| {
        let part = Size::new(tile.width.div_ceil(across), tile.height.div_ceil(down));
        let whole = Size::new(result.width.div_ceil(across), result.height.div_ceil(down));
        let mut data = Vec::with_capacity(whole.pixels().0 as usize * channels);
        for y in 0..whole.height {
            let top = tops[(y / part.height).min(rows - 1) as usize] / down + y % part.height;
            let row = plane.row(top.min(plane.size.height - 1), channels);
            for x in 0..columns {
                let start = (lefts[x as usize] / across) as usize * channels;
                let length = (part.width.min(whole.width - x * part.width)) as usize * channels;
                data.extend_from_slice(&row[start..start + length]);
            }
        }
        Plane { size: whole, stride: whole.width as usize * channels, data }
    };
    let planes = picture.planes();
    let sampled = match (picture.layout(), planes) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            let factors = (subsampling.horizontal.into(), subsampling.vertical.into());
            Picture::planar(
                result,
                subsampling,
                [take(luma, 1, (1, 1)), take(blue, 1, factors), take(red, 1, factors)],
            )?
        }
        (layout, planes) => Picture::interleaved(result, layout, take(&planes[0], layout.channels(), (1, 1)).data)?,
    };
    Ok(sampled.with_icc(picture.icc.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Subsampling;

    #[test]
    fn samples_are_bounded_and_made_of_the_picture() {
        for (width, height) in [(4000, 3000), (513, 513), (100, 9001), (9001, 101), (16_384, 17), (1, 300_000)] {
            let size = Size::new(width, height);
            for layout in [Layout::Grey, Layout::Rgba, Layout::YCbCr(Subsampling::S420)] {
                let sampled = sample(&Picture::blank(size, layout)).unwrap();
                let pixels = sampled.size().pixels().0;
                assert!((2048..=512 * 512).contains(&pixels), "{size} gives {}", sampled.size());
                assert_eq!(sampled.layout(), layout);
            }
        }
    }

    #[test]
    fn small_pictures_stay_as_they_are() {
        let picture = Picture::solid(Size::new(512, 512), [1, 2, 3, 4]);
        assert_eq!(sample(&picture).unwrap(), picture);
    }

    #[test]
    fn parts_come_from_everywhere() {
        let size = Size::new(1024, 1024);
        let data =
            (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x / 256 + 4 * (y / 256)) as u8)).collect();
        let sampled = sample(&Picture::interleaved(size, Layout::Grey, data).unwrap()).unwrap();
        let seen: std::collections::BTreeSet<u8> = sampled.planes()[0].data.iter().copied().collect();
        assert_eq!(seen.len(), 16);
    }
}
