use super::encoder::{Image, Planes};
use super::transparency;
use crate::codecs::chroma::fill;
use crate::{Cancel, Error, Layout, Picture, Plane, Subsampling, ops};

/// What is coded of a picture.
pub(super) struct Source {
    pub colour: Image,
    pub alpha: Option<Image>,
}

/// The planes that a picture of `layout` is coded in: grey stays grey, colour has the chroma asked for.
pub(super) fn planes(layout: Layout, chroma: Subsampling) -> Planes {
    match layout {
        Layout::Grey => Planes::Grey,
        _ if chroma == Subsampling::S444 => Planes::Yuv444,
        _ => Planes::Yuv420,
    }
}

impl Source {
    /// Colour as full-range Y'CbCr of BT.601 with chroma of 4:4:4 or 4:2:0 (the mean of what it covers), and alpha.
    pub fn new(picture: Picture, chroma: Subsampling, cancel: &Cancel) -> Result<Self, Error> {
        cancel.check()?;
        let planes = planes(picture.layout(), chroma);
        let mut colour = Image::new(picture.size(), planes)?;
        if picture.layout() == Layout::Grey {
            copy(&picture.planes()[0], &mut colour, 0);
            return Ok(Self { colour, alpha: None });
        }
        let (opaque, alpha) = match picture.layout() {
            Layout::Rgba => {
                let (colour, alpha) = transparency::split(&picture);
                (colour, Some(alpha))
            }
            _ => (picture, None),
        };
        // Finer chroma is averaged below, without a picture in between.
        let planar = match opaque.layout() {
            Layout::YCbCr(subsampling) if subsampling == Subsampling::S444 || planes == Planes::Yuv420 => opaque,
            _ => ops::convert(opaque, Layout::YCbCr(Subsampling::S444))?,
        };
        cancel.check()?;
        let (Layout::YCbCr(subsampling), [luma, blue, red]) = (planar.layout(), planar.planes()) else {
            return Err(Error::internal("colour without its planes"));
        };
        copy(luma, &mut colour, 0);
        let coarse = if planes == Planes::Yuv420 { 2 } else { 1 };
        let shrink = (usize::from(coarse / subsampling.horizontal), usize::from(coarse / subsampling.vertical));
        for (index, plane) in [(1, blue), (2, red)] {
            let (target, stride) = colour.plane_mut(index);
            fill(target, stride, plane, 0, shrink);
        }
        let alpha = match alpha {
            Some(alpha) => {
                let mut image = Image::new(alpha.size(), Planes::Grey)?;
                copy(&alpha.planes()[0], &mut image, 0);
                Some(image)
            }
            None => None,
        };
        Ok(Self { colour, alpha })
    }
}

fn copy(plane: &Plane, image: &mut Image, index: usize) {
    let (target, stride) = image.plane_mut(index);
    fill(target, stride, plane, 0, (1, 1));
}
