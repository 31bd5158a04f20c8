use lightmill_recipe::sharp::SharpTrim;
use lightmill_recipe::{Colour, Rect};

use super::border::{extent, median};
use super::colours::coloured;
use super::flatten;
use crate::{Cancel, Error, Layout, Picture};

/// What a border of one colour leaves of the picture, as [`SharpTrim`] says; `None` if nothing is border or all is. Pixels
/// count as laid on the background; those of alpha, compared with the background's, add to what is left.
pub fn sharp_border(picture: Picture, trim: SharpTrim, cancel: &Cancel) -> Result<Option<Rect>, Error> {
    let picture = coloured(picture)?;
    let size = picture.size();
    let background = trim.background.unwrap_or_else(|| match *picture.row(0) {
        [red, green, blue, alpha, ..] if picture.layout().has_alpha() => Colour { red, green, blue, alpha },
        [red, green, blue, ..] => Colour::opaque(red, green, blue),
        _ => Colour::BLACK,
    });
    let clear = picture.layout().has_alpha();
    let alpha = clear.then(|| of_alpha(&picture));
    let found = within(&flatten(picture, background), &background.rgba()[..3], trim, cancel)?;
    let alpha = alpha.map(|alpha| within(&alpha, &[background.alpha; 3], trim, cancel)).transpose()?.flatten();
    Ok(match (found, alpha) {
        (Some(one), Some(other)) => Some(one.hull(other)),
        (one, other) => one.or(other),
    }
    .filter(|rect| rect.size != size))
}

/// The box of all pixels of an RGB picture of which a channel is farther from `background` than the threshold.
fn within(picture: &Picture, background: &[u8], trim: SharpTrim, cancel: &Cancel) -> Result<Option<Rect>, Error> {
    let differs = |pixel: &[u8]| pixel.iter().zip(background).any(|(a, b)| f64::from(a.abs_diff(*b)) > trim.threshold);
    let mut smooth = vec![0; picture.row(0).len()];
    extent(picture.size(), cancel, |y, columns| {
        if trim.line_art {
            smooth.copy_from_slice(picture.row(y));
        } else {
            median(picture, y, &mut smooth);
        }
        let pixels = || smooth.chunks_exact(3);
        columns.hull(pixels().position(differs), pixels().rposition(differs));
    })
}

/// Alpha as grey.
fn of_alpha(picture: &Picture) -> Picture {
    let mut made = Picture::blank(picture.size(), Layout::Rgb);
    for y in 0..picture.size().height {
        let pixels = made.row_mut(y).as_chunks_mut::<3>().0.iter_mut().zip(picture.row(y).as_chunks::<4>().0);
        pixels.for_each(|(to, [.., alpha])| *to = [*alpha; 3]);
    }
    made
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    const TRIM: SharpTrim = SharpTrim { background: None, threshold: 10.0, line_art: false };

    /// 9×7 of `border`, with 3×3 of `inside` from column 3 and row 2 on.
    fn picture(border: [u8; 4], inside: [u8; 4]) -> Picture {
        let mut picture = Picture::solid(Size::new(9, 7), border);
        (2..5).for_each(|y| picture.row_mut(y)[12..24].copy_from_slice(&inside.repeat(3)));
        picture
    }

    fn found(picture: Picture, trim: SharpTrim) -> Option<Rect> {
        sharp_border(picture, trim, &Cancel::default()).unwrap()
    }

    const MIDDLE: Option<Rect> = Some(Rect { x: 3, y: 2, size: Size::new(3, 3) });

    #[test]
    fn colours_beyond_the_threshold_stay() {
        let white = [255; 4];
        assert_eq!(found(picture(white, [255, 200, 255, 255]), TRIM), MIDDLE);
        let mut speck = picture(white, [255, 200, 255, 255]);
        speck.row_mut(6)[4..8].fill(0);
        assert_eq!(found(speck, TRIM), MIDDLE, "a median does not see it");
        let art = SharpTrim { line_art: true, ..TRIM };
        assert_eq!(found(picture(white, [255, 244, 255, 255]), art), MIDDLE);
        assert_eq!(found(picture(white, [255, 245, 255, 255]), art), None);
        let black = SharpTrim { background: Some(Colour::BLACK), ..art };
        assert_eq!(found(picture(white, [0, 0, 0, 255]), black), None, "the border is white");
    }

    #[test]
    fn transparency_is_border_whatever_colour_it_hides() {
        let art = SharpTrim { line_art: true, ..TRIM };
        assert_eq!(found(picture([0, 0, 0, 0], [0, 0, 0, 255]), art), MIDDLE);
        assert_eq!(found(picture([9, 9, 9, 0], [200, 0, 0, 255]), art), MIDDLE);
    }
}
