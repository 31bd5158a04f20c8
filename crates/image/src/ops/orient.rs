use lightmill_recipe::Size;

use crate::{Cancel, Error, ExifOrientation, Layout, Picture, Plane, Subsampling};

/// Side of the blocks in which a transposition walks, so that both pictures' lines stay in the first-level cache.
const BLOCK: usize = 32;

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
    let turn = |plane: &Plane| match layout.channels() {
        1 => turn::<1>(plane, orientation, cancel),
        3 => turn::<3>(plane, orientation, cancel),
        _ => turn::<4>(plane, orientation, cancel),
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

fn turn<const CHANNELS: usize>(plane: &Plane, orientation: ExifOrientation, cancel: &Cancel) -> Result<Plane, Error> {
    let Size { width, height } = plane.size;
    // Which source column a result's column (or, if transposed, row) 0 comes from, and likewise for rows.
    let (from_right, from_below) = match orientation.value() {
        2 | 8 => (true, false),
        3 | 7 => (true, true),
        4 | 6 => (false, true),
        _ => (false, false),
    };
    if !orientation.transposes() {
        let mut result = Plane::filled(plane.size, CHANNELS, 0);
        for y in 0..height {
            if y % 256 == 0 {
                cancel.check()?;
            }
            let from = plane.row(if from_below { height - 1 - y } else { y }, CHANNELS);
            let to = result.row_mut(y, CHANNELS);
            if from_right {
                let pixels = from.as_chunks::<CHANNELS>().0.iter().rev();
                to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(pixels).for_each(|(to, from)| *to = *from);
            } else {
                to.copy_from_slice(from);
            }
        }
        return Ok(result);
    }
    let (columns, rows) = (height as usize, width as usize);
    let mut result = Plane::filled(plane.size.transposed(), CHANNELS, 0);
    let stride = result.stride;
    for top in (0..rows).step_by(BLOCK) {
        cancel.check()?;
        for left in (0..columns).step_by(BLOCK) {
            let right = (left + BLOCK).min(columns);
            for y in top..(top + BLOCK).min(rows) {
                let source_column = if from_right { rows - 1 - y } else { y } * CHANNELS;
                let to = &mut result.data[y * stride..][left * CHANNELS..right * CHANNELS];
                for (x, pixel) in (left..right).zip(to.as_chunks_mut::<CHANNELS>().0) {
                    let source_row = if from_below { columns - 1 - x } else { x };
                    let start = source_row * plane.stride + source_column;
                    pixel.copy_from_slice(&plane.data[start..start + CHANNELS]);
                }
            }
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUTS: [Layout; 5] =
        [Layout::Grey, Layout::Rgb, Layout::Rgba, Layout::YCbCr(Subsampling::S420), Layout::YCbCr(Subsampling::S422)];

    /// Each pixel tells where it is.
    fn labelled(size: Size, layout: Layout) -> Picture {
        let mut picture = Picture::blank(size, layout);
        for (number, plane) in picture.planes_mut().iter_mut().enumerate() {
            for y in 0..plane.size.height {
                for (index, sample) in plane.row_mut(y, layout.channels()).iter_mut().enumerate() {
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
                    let channels = layout.channels();
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
