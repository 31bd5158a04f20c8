//! What is done to the colour of each pixel alone.

use super::{convert, narrow};
use crate::{Cancel, Error, Layout, Picture};

/// The picture with red, green and blue: RGB, or RGBA if it has alpha; 16 bits become 8.
pub(super) fn coloured(picture: Picture) -> Result<Picture, Error> {
    let picture = narrow(picture);
    if picture.layout() == Layout::Rgba { Ok(picture) } else { convert(picture, Layout::Rgb) }
}

/// Another colour for each pixel of a [`coloured`] picture; alpha stays.
pub(super) fn map(
    picture: &mut Picture,
    cancel: &Cancel,
    mut colour: impl FnMut([u8; 3]) -> [u8; 3],
) -> Result<(), Error> {
    let channels = picture.layout().channels();
    let mut last = None;
    for y in 0..picture.size().height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        for pixel in picture.row_mut(y).chunks_exact_mut(channels) {
            let [r, g, b, ..] = pixel else { continue };
            let given = [*r, *g, *b];
            // Neighbours often have one colour.
            let made = match last {
                Some((before, made)) if before == given => made,
                _ => colour(given),
            };
            last = Some((given, made));
            [*r, *g, *b] = made;
        }
    }
    Ok(())
}
