use lightmill_recipe::Size;

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// What lies on the canvas beside a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// The edge, again and again.
    Copy,
    /// The picture, again and again.
    Repeat,
    /// The picture, mirrored at its edges again and again; the edge is there twice.
    Mirror,
}

/// `picture` with its upper left corner `at` column and row of a `canvas` that it goes on over.
///
/// Grey, RGB and RGBA keep their layout, `YCbCr` becomes RGB and 16 bits become 8.
pub fn extend(
    picture: Picture,
    canvas: Size,
    at: (u32, u32),
    beside: Beside,
    cancel: &Cancel,
) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let picture = if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    let (size, channels) = (picture.size(), picture.layout().channels());
    let columns: Vec<usize> =
        (0..canvas.width).map(|x| place(x, at.0, size.width, beside) as usize * channels).collect();
    let mut made = Picture::blank(canvas, picture.layout()).with_icc(picture.icc.clone());
    for y in 0..canvas.height {
        if y % 64 == 0 {
            cancel.check()?;
        }
        let from = picture.row(place(y, at.1, size.height, beside));
        let pixels = made.row_mut(y).chunks_exact_mut(channels).zip(&columns);
        pixels.for_each(|(to, column)| to.copy_from_slice(&from[*column..*column + channels]));
    }
    Ok(made)
}

/// The pixel of a side of `length` that lies at `place` of an axis on which the side begins at `at`.
fn place(place: u32, at: u32, length: u32, beside: Beside) -> u32 {
    let (place, length) = (i64::from(place) - i64::from(at), i64::from(length.max(1)));
    let place = match beside {
        Beside::Copy => place.clamp(0, length - 1),
        Beside::Repeat => place.rem_euclid(length),
        Beside::Mirror => {
            let place = place.rem_euclid(2 * length);
            if place < length { place } else { 2 * length - 1 - place }
        }
    };
    place as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_on() {
        let picture = Picture::interleaved(Size::new(3, 1), Layout::Grey, vec![1, 2, 3]).unwrap();
        let made = |beside| {
            let made = extend(picture.clone(), Size::new(10, 2), (4, 1), beside, &Cancel::default()).unwrap();
            assert_eq!(made.row(0), made.row(1));
            made.row(0).to_vec()
        };
        assert_eq!(made(Beside::Copy), [1, 1, 1, 1, 1, 2, 3, 3, 3, 3]);
        assert_eq!(made(Beside::Repeat), [3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
        assert_eq!(made(Beside::Mirror), [3, 3, 2, 1, 1, 2, 3, 3, 2, 1]);
    }
}
