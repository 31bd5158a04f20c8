use super::{greyscale, narrow};
use crate::{Error, Picture};

/// White where the grey of a pixel ([`greyscale`]) is at least `level`, black elsewhere; alpha becomes opaque and
/// transparent likewise. Layouts are those of [`greyscale`], of 8 bits.
pub fn threshold(picture: Picture, level: u8) -> Result<Picture, Error> {
    let mut picture = greyscale(narrow(picture))?;
    for y in 0..picture.size().height {
        picture.row_mut(y).iter_mut().for_each(|sample| *sample = if *sample >= level { 255 } else { 0 });
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Layout;

    #[test]
    fn samples_become_black_or_white() {
        let grey = Picture::interleaved(Size::new(3, 1), Layout::Grey, vec![99, 100, 101]).unwrap();
        assert_eq!(threshold(grey, 100).unwrap().row(0), [0, 255, 255]);
        let green = Picture::solid(Size::new(1, 1), [0, 255, 0, 90]);
        assert_eq!(threshold(green, 100).unwrap().row(0), [255, 255, 255, 0]);
    }
}
