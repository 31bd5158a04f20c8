use crate::{Cancel, Error, ExifOrientation, Layout, Picture, Plane, Subsampling};

/// Rows of the result that a transposition fills before it goes on to the next ones, so that the source's lines are read
/// whole and both pictures' lines stay in the first-level cache.
const BLOCK: usize = 64;
/// Columns of the result that it fills at a time: as many bytes as a word has.
const TILE: usize = 8;

/// The picture turned and mirrored upright, in the same layout; a quarter turn exchanges the two factors of a
/// subsampling.
///
/// In a subsampled picture a mirrored side must be a multiple of the subsampling, or chroma shifts by half a sample.
pub fn orient(picture: Picture, orientation: ExifOrientation, cancel: &Cancel) -> Result<Picture, Error> {
    if orientation.is_upright() {
        return Ok(picture);
    }
    let (size, layout, icc) = (picture.size(), picture.layout(), picture.icc.clone());
    let turned = if orientation.transposes() { size.transposed() } else { size };
    let turn = |plane: &Plane| match layout.bytes_per_pixel() {
        1 => turn::<1>(plane, orientation, cancel),
        2 => turn::<2>(plane, orientation, cancel),
        3 => turn::<3>(plane, orientation, cancel),
        4 => turn::<4>(plane, orientation, cancel),
        6 => turn::<6>(plane, orientation, cancel),
        _ => turn::<8>(plane, orientation, cancel),
    };
    let result = match (layout, picture.planes()) {
        (Layout::YCbCr(subsampling), [luma, blue, red]) => {
            let Subsampling { horizontal, vertical } = subsampling;
            let subsampling = if orientation.transposes() {
                Subsampling { horizontal: vertical, vertical: horizontal }
            } else {
                subsampling
            };
            Picture::planar(turned, subsampling, [turn(luma)?, turn(blue)?, turn(red)?])?
        }
        (_, planes) => Picture::interleaved(turned, layout, turn(&planes[0])?.data)?,
    };
    Ok(result.with_icc(icc))
}

fn turn<const BYTES: usize>(plane: &Plane, orientation: ExifOrientation, cancel: &Cancel) -> Result<Plane, Error> {
    let height = plane.size.height;
    // Which source column a result's column (or, if transposed, row) 0 comes from, and likewise for rows.
    let (from_right, from_below) = match orientation.value() {
        2 | 8 => (true, false),
        3 | 7 => (true, true),
        4 | 6 => (false, true),
        _ => (false, false),
    };
    if !orientation.transposes() {
        let mut result = Plane::filled(plane.size, BYTES, 0);
        for y in 0..height {
            if y % 256 == 0 {
                cancel.check()?;
            }
            let from = plane.row(if from_below { height - 1 - y } else { y }, BYTES);
            let to = result.row_mut(y, BYTES);
            if from_right {
                let pixels = from.as_chunks::<BYTES>().0.iter().rev();
                to.as_chunks_mut::<BYTES>().0.iter_mut().zip(pixels).for_each(|(to, from)| *to = *from);
            } else {
                to.copy_from_slice(from);
            }
        }
        return Ok(result);
    }
    transpose::<BYTES>(plane, from_right, from_below, cancel)
}

/// Columns become rows; `from_right`, the last one first, and within each `from_below` the last pixel first.
fn transpose<const BYTES: usize>(
    plane: &Plane,
    from_right: bool,
    from_below: bool,
    cancel: &Cancel,
) -> Result<Plane, Error> {
    let mut result = Plane::filled(plane.size.transposed(), BYTES, 0);
    let (columns, rows, stride) = (result.size.width as usize, result.size.height as usize, result.stride);
    for top in (0..rows).step_by(BLOCK) {
        cancel.check()?;
        let bottom = (top + BLOCK).min(rows);
        for left in (0..columns).step_by(TILE) {
            // The pixels of this strip of the result, row by row of the source.
            let lines: [&[[u8; BYTES]]; TILE] = std::array::from_fn(|x| {
                let x = (left + x).min(columns - 1);
                let row = plane.row((if from_below { columns - 1 - x } else { x }) as u32, BYTES);
                let (start, end) = if from_right { (rows - bottom, rows - top) } else { (top, bottom) };
                &row.as_chunks::<BYTES>().0[start..end]
            });
            let count = TILE.min(columns - left);
            let place = |y: usize| (top + y) * stride + left * BYTES;
            let mut y = 0;
            while BYTES == 1 && count == TILE && y + TILE <= bottom - top {
                let start = if from_right { bottom - top - TILE - y } else { y };
                let word = |line: &[[u8; BYTES]]| line[start..].as_flattened().first_chunk().copied();
                // A word's worth of pixels is left, so that none is missing.
                let mut tile = transposed(lines.map(|line| word(line).unwrap_or_default()));
                if from_right {
                    tile.reverse();
                }
                for (row, pixels) in tile.iter().enumerate() {
                    result.data[place(y + row)..][..TILE].copy_from_slice(pixels);
                }
                y += TILE;
            }
            while y < bottom - top {
                let from = if from_right { bottom - top - 1 - y } else { y };
                let to = &mut result.data[place(y)..][..count * BYTES];
                for (to, line) in to.as_chunks_mut::<BYTES>().0.iter_mut().zip(&lines) {
                    *to = line[from];
                }
                y += 1;
            }
        }
    }
    Ok(result)
}

/// Columns as rows, by exchanging ever smaller corners of a square in 64-bit words (Warren, Hacker's Delight, 7-3).
fn transposed(rows: [[u8; TILE]; TILE]) -> [[u8; TILE]; TILE] {
    let mut words = rows.map(u64::from_le_bytes);
    for (distance, mask) in [(4, 0x0000_0000_FFFF_FFFF), (2, 0x0000_FFFF_0000_FFFF), (1, 0x00FF_00FF_00FF_00FF_u64)] {
        let bits = distance as u32 * 8;
        for first in (0..TILE).filter(|row| row & distance == 0) {
            let (upper, lower) = (words[first], words[first + distance]);
            words[first] = (upper & mask) | (lower & mask) << bits;
            words[first + distance] = (upper >> bits) & mask | (lower & !mask);
        }
    }
    words.map(u64::to_le_bytes)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    const LAYOUTS: [Layout; 8] = [
        Layout::Grey,
        Layout::Rgb,
        Layout::Rgba,
        Layout::Grey16,
        Layout::Rgb16,
        Layout::Rgba16,
        Layout::YCbCr(Subsampling::S420),
        Layout::YCbCr(Subsampling::S422),
    ];

    /// Each pixel tells where it is.
    fn labelled(size: Size, layout: Layout) -> Picture {
        let mut picture = Picture::blank(size, layout);
        for (number, plane) in picture.planes_mut().iter_mut().enumerate() {
            for y in 0..plane.size.height {
                for (index, sample) in plane.row_mut(y, layout.bytes_per_pixel()).iter_mut().enumerate() {
                    *sample = (y * 31 + index as u32 * 7 + number as u32 * 100) as u8;
                }
            }
        }
        picture
    }

    /// Where the pixel at `x`, `y` of the upright picture is stored (EXIF 2.32, section 4.6.4), in a plane of `stored`.
    fn source(orientation: u32, stored: Size, x: u32, y: u32) -> (u32, u32) {
        let (right, bottom) = (stored.width - 1, stored.height - 1);
        match orientation {
            1 => (x, y),
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (y, bottom - x),
            7 => (right - y, bottom - x),
            8 => (right - y, x),
            _ => unreachable!(),
        }
    }

    #[test]
    fn every_orientation_of_every_layout() {
        for size in [Size::new(6, 4), Size::new(2, 2), Size::new(70, 38), Size::new(34, 66)] {
            for layout in LAYOUTS {
                let picture = labelled(size, layout);
                for orientation in 1..=8 {
                    let made = orient(picture.clone(), ExifOrientation::new(orientation), &Cancel::default()).unwrap();
                    assert_eq!(made.size(), if orientation >= 5 { size.transposed() } else { size });
                    let channels = layout.bytes_per_pixel();
                    for (made, stored) in made.planes().iter().zip(picture.planes()) {
                        for y in 0..made.size.height {
                            for (x, pixel) in made.row(y, channels).chunks(channels).enumerate() {
                                let (from_x, from_y) = source(orientation, stored.size, x as u32, y);
                                let start = from_x as usize * channels;
                                assert_eq!(pixel, &stored.row(from_y, channels)[start..start + channels]);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn subsampling_turns_along() {
        let picture = labelled(Size::new(8, 4), Layout::YCbCr(Subsampling::S422));
        let made = orient(picture, ExifOrientation::new(6), &Cancel::default()).unwrap();
        assert_eq!(made.layout(), Layout::YCbCr(Subsampling::S440));
    }
}
