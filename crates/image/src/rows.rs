use lightmill_recipe::Size;

use crate::{Error, Layout, Picture};

/// Takes the rows of a picture as they are decoded, so that it need not be held.
pub trait Rows {
    /// A picture of this size and layout begins. Called once, before any row.
    fn begin(&mut self, size: Size, layout: Layout) -> Result<(), Error>;

    /// The next rows of a plane (0: the interleaved one, or Y'; 1 and 2: Cb and Cr), without padding. Planes take turns
    /// in any way.
    fn rows(&mut self, plane: usize, rows: &mut dyn Iterator<Item = &[u8]>) -> Result<(), Error>;
}

/// Rows as a picture.
#[derive(Default)]
pub struct Collect {
    picture: Option<Picture>,
    next: [u32; 3],
}

impl Collect {
    /// The picture, of which every row has come.
    pub fn picture(self) -> Result<Picture, Error> {
        let missing = || Error::internal("rows are missing");
        let picture = self.picture.ok_or_else(missing)?;
        let whole = picture.planes().iter().zip(self.next).all(|(plane, next)| plane.size.height == next);
        whole.then_some(picture).ok_or_else(missing)
    }
}

impl Rows for Collect {
    fn begin(&mut self, size: Size, layout: Layout) -> Result<(), Error> {
        self.picture = Some(Picture::blank(size, layout));
        Ok(())
    }

    fn rows(&mut self, plane: usize, rows: &mut dyn Iterator<Item = &[u8]>) -> Result<(), Error> {
        let wrong = || Error::internal("a row that is none of the picture's");
        let picture = self.picture.as_mut().ok_or_else(wrong)?;
        let bytes_per_pixel = picture.layout().bytes_per_pixel();
        let (plane, next) = picture.planes_mut().get_mut(plane).zip(self.next.get_mut(plane)).ok_or_else(wrong)?;
        for row in rows {
            if *next >= plane.size.height || row.len() != plane.size.width as usize * bytes_per_pixel {
                return Err(wrong());
            }
            plane.row_mut(*next, bytes_per_pixel).copy_from_slice(row);
            *next += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_all_of_its_rows() {
        let mut all = Collect::default();
        assert!(all.rows(0, &mut [&[1u8, 2, 3][..]].into_iter()).is_err());
        all.begin(Size::new(1, 2), Layout::Rgb).unwrap();
        all.rows(0, &mut [&[1u8, 2, 3][..]].into_iter()).unwrap();
        assert!(all.rows(1, &mut [&[1u8, 2, 3][..]].into_iter()).is_err());
        assert!(all.rows(0, &mut [&[1u8, 2][..]].into_iter()).is_err());
        all.rows(0, &mut [&[4u8, 5, 6][..]].into_iter()).unwrap();
        assert!(all.rows(0, &mut [&[1u8, 2, 3][..]].into_iter()).is_err());
        assert_eq!(all.picture().unwrap().planes()[0].data, [1, 2, 3, 4, 5, 6]);
        let mut some = Collect::default();
        some.begin(Size::new(1, 2), Layout::Grey).unwrap();
        assert!(some.picture().is_err());
    }
}
