use lightmill_recipe::Size;

use crate::codecs::chroma::fill;
use crate::ops::ycbcr;
use crate::{Error, Layout, Picture, Plane, Subsampling};

/// Rows of a strip of 4:2:0, one row of MCUs.
pub(super) const COLOUR: usize = 16;
/// Rows of a strip of grey.
pub(super) const GREY: usize = 8;

/// One row of a picture's MCUs, as encoders take them: whole blocks, 4:2:0 whatever the picture's own subsampling, with
/// the last column and row repeated beyond the edges. Finer chroma is averaged.
pub(super) struct Strip {
    /// Luma, and Cb and Cr of other than grey pictures.
    pub planes: Vec<Vec<u8>>,
    stride: usize,
    layout: Layout,
    /// Y'CbCr of the strip's pixels, where these are RGB.
    pixels: Option<[Plane; 3]>,
}

impl Strip {
    /// A strip for pictures as wide as `picture`, and of its layout.
    pub fn new(picture: &Picture) -> Result<Self, Error> {
        let (layout, width) = (picture.layout(), picture.size().width);
        let rows = match layout {
            Layout::Grey => GREY,
            Layout::Rgb | Layout::YCbCr(_) => COLOUR,
            Layout::Rgba => return Err(Error::internal("a JPEG cannot hold transparency")),
            Layout::Grey16 | Layout::Rgb16 | Layout::Rgba16 => return Err(Error::internal("a JPEG holds 8 bits")),
        };
        let stride = (width as usize).next_multiple_of(rows);
        let mut planes = vec![vec![0; stride * rows]];
        if layout != Layout::Grey {
            planes.resize_with(3, || vec![0; stride * COLOUR]);
            for chroma in &mut planes[1..] {
                chroma.truncate(stride / 2 * COLOUR / 2);
            }
        }
        let plane = || Plane::filled(Size::new(width, COLOUR as u32), 1, 0);
        let pixels = (layout == Layout::Rgb).then(|| [plane(), plane(), plane()]);
        Ok(Self { planes, stride, layout, pixels })
    }

    /// Rows of luma.
    pub fn rows(&self) -> usize {
        if self.layout == Layout::Grey { GREY } else { COLOUR }
    }

    /// Takes the rows of `picture` from `top` on, a multiple of [`Strip::rows`].
    pub fn take(&mut self, picture: &Picture, top: usize) {
        if let Some(pixels) = &mut self.pixels {
            let rows = (picture.size().height - top as u32).min(COLOUR as u32);
            let [luma, blue, red] = pixels;
            for y in 0..rows {
                let pixels = picture.row(top as u32 + y);
                ycbcr::from_rgb::<3>(pixels, luma.row_mut(y, 1), blue.row_mut(y, 1), red.row_mut(y, 1));
            }
            // The last strip may have fewer rows, the last of which is repeated.
            for plane in &mut *pixels {
                plane.size.height = rows;
            }
            gather(&mut self.planes, self.stride, pixels, Subsampling::S444, 0);
        } else {
            let subsampling =
                if let Layout::YCbCr(subsampling) = self.layout { subsampling } else { Subsampling::S420 };
            gather(&mut self.planes, self.stride, picture.planes(), subsampling, top);
        }
    }
}

fn gather(to: &mut [Vec<u8>], stride: usize, planes: &[Plane], subsampling: Subsampling, top: usize) {
    let shrink = (usize::from(2 / subsampling.horizontal), usize::from(2 / subsampling.vertical));
    for (index, (to, plane)) in to.iter_mut().zip(planes).enumerate() {
        if index == 0 {
            fill(to, stride, plane, top, (1, 1));
        } else {
            fill(to, stride / 2, plane, top / 2, shrink);
        }
    }
}
