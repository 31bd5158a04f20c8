//! Channels by themselves: one of them kept, all of them joined by bits, all of them inverted.

use lightmill_recipe::sharp::{Bandbool, Channel};

use super::colours::coloured;
use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// One channel as a grey picture, of 8 bits.
///
/// # Errors
/// [`Error::Unsuitable`] for the alpha of a picture without one.
pub fn extract_channel(picture: Picture, channel: Channel) -> Result<Picture, Error> {
    let picture = coloured(picture)?;
    let place = match channel {
        Channel::Red => 0,
        Channel::Green => 1,
        Channel::Blue => 2,
        Channel::Alpha => 3,
    };
    if place >= picture.layout().channels() {
        return Err(Error::Unsuitable("the picture has no channel alpha".into()));
    }
    Ok(joined(&picture, |pixel| pixel[place]))
}

/// All channels, alpha included, joined bit by bit: a grey picture, of 8 bits.
pub fn bandbool(picture: Picture, operation: Bandbool) -> Result<Picture, Error> {
    let picture = coloured(picture)?;
    Ok(joined(&picture, |pixel| {
        let samples = pixel.iter().copied();
        match operation {
            Bandbool::And => samples.fold(255, |all, sample| all & sample),
            Bandbool::Or => samples.fold(0, |all, sample| all | sample),
            Bandbool::Eor => samples.fold(0, |all, sample| all ^ sample),
        }
    }))
}

fn joined(picture: &Picture, sample: impl Fn(&[u8]) -> u8) -> Picture {
    let mut made = Picture::blank(picture.size(), Layout::Grey);
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        let samples = made.row_mut(y).iter_mut().zip(picture.row(y).chunks_exact(channels));
        samples.for_each(|(to, pixel)| *to = sample(pixel));
    }
    made
}

/// 255 − v on every channel, alpha included. `YCbCr` becomes RGB, 16 bits become 8, other layouts stay.
pub fn invert(picture: Picture) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture =
        if matches!(picture.layout(), Layout::YCbCr(_)) { convert(picture, Layout::Rgb)? } else { picture };
    (0..picture.size().height).for_each(|y| picture.row_mut(y).iter_mut().for_each(|sample| *sample = !*sample));
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn dot() -> Picture {
        Picture::solid(Size::new(1, 1), [0b1100, 0b1010, 0b1111, 255])
    }

    #[test]
    fn one_channel_is_kept() {
        let kept = |channel| extract_channel(dot(), channel).unwrap().row(0).to_vec();
        assert_eq!([kept(Channel::Red), kept(Channel::Blue), kept(Channel::Alpha)], [[0b1100], [0b1111], [255]]);
        let opaque = Picture::blank(Size::new(1, 1), Layout::Rgb);
        assert!(matches!(extract_channel(opaque, Channel::Alpha), Err(Error::Unsuitable(_))));
    }

    #[test]
    fn bits_are_joined() {
        let made = |operation| bandbool(dot(), operation).unwrap().row(0).to_vec();
        assert_eq!([made(Bandbool::And), made(Bandbool::Or), made(Bandbool::Eor)], [[0b1000], [255], [0b1111_0110]]);
    }

    #[test]
    fn everything_is_inverted() {
        assert_eq!(invert(dot()).unwrap().row(0), [0b1111_0011, 0b1111_0101, 0b1111_0000, 0]);
    }
}
