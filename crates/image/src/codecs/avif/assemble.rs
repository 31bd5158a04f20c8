use std::borrow::Cow;
use std::sync::Arc;

use lightmill_recipe::{Format, Size};

use super::decoder::{Decoded, Decoder};
use super::matrix::Matrix;
use super::planes::{Kind, Planes};
use crate::codecs::DecodeOptions;
use crate::codecs::isobmff::{Nclx, space};
use crate::{Cancel, Error, Layout, Picture, Plane, Subsampling, ops};

/// What a file says about the meaning of its samples.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// What comes before every code point.
    pub icc: Option<Arc<[u8]>>,
    pub premultiplied: bool,
}

/// A decoded canvas.
pub(super) struct Assembled {
    size: Size,
    planes: Vec<Plane>,
    subsampling: Option<Subsampling>,
    nclx: Nclx,
    matrix: Matrix,
}

/// Decodes the tiles of a canvas of `size`; each must have the size `tile`. `data` gives their places and coded data;
/// `stated` are the container's code points, which come before those of the coded data.
pub(super) fn assemble<'a>(
    size: Size,
    tile: Size,
    data: impl Iterator<Item = Result<((u32, u32), Cow<'a, [u8]>), Error>>,
    decoder: &mut Decoder,
    stated: Option<Nclx>,
    options: &DecodeOptions,
) -> Result<Assembled, Error> {
    let mut canvas: Option<(Planes, Assembled)> = None;
    for entry in data {
        let (place, bytes) = entry?;
        let decoded = decoder.decode(&bytes, &options.cancel)?;
        if decoded.size() != tile {
            return Err(Error::corrupt(Format::Avif, format_args!("{} where {tile} is stated", decoded.size())));
        }
        let (planes, _) = match &mut canvas {
            Some(canvas) => canvas,
            None => canvas.insert(start(size, &decoded, stated)?),
        };
        planes.put(&decoded, place)?;
    }
    let (planes, canvas) = canvas.ok_or_else(|| Error::corrupt(Format::Avif, "a picture without tiles"))?;
    Ok(Assembled { planes: planes.finish(), ..canvas })
}

fn start(size: Size, first: &Decoded<'_>, stated: Option<Nclx>) -> Result<(Planes, Assembled), Error> {
    let nclx = stated.unwrap_or(first.colour());
    let subsampling = first.subsampling();
    let matrix = match Matrix::from_code(nclx.matrix) {
        // Luma needs no matrix.
        _ if subsampling.is_none() => Matrix::Bt601,
        Some(Matrix::Identity) if subsampling != Some(Subsampling::S444) => {
            return Err(Error::corrupt(Format::Avif, "RGB with subsampled channels"));
        }
        Some(matrix) => matrix,
        None => return Err(Error::unsupported(format!("AVIF of matrix coefficients {}", nclx.matrix))),
    };
    let identity = matrix == Matrix::Identity;
    let kind = Kind { bits: first.bits(), subsampling, full_range: nclx.full_range, identity };
    let planes = Planes::new(size, kind);
    Ok((planes, Assembled { size, planes: Vec::new(), subsampling, nclx, matrix }))
}

impl Assembled {
    /// The first plane, which is all that alpha has.
    fn into_first(self) -> Option<Plane> {
        self.planes.into_iter().next()
    }

    /// The picture: planes where they are welcome and nothing is to be converted; grey, RGB or RGBA otherwise.
    pub fn picture(
        self,
        alpha: Option<Assembled>,
        meaning: &Meaning,
        options: &DecodeOptions,
    ) -> Result<Picture, Error> {
        let grey = self.subsampling.is_none() && alpha.is_none();
        let space = space(meaning.icc.clone(), Some(self.nclx), grey);
        let (matrix, cancel) = (self.matrix, &options.cancel);
        let mut picture = self.stored(cancel)?;
        if let Layout::YCbCr(_) = picture.layout() {
            let planes = options.planes && alpha.is_none() && matrix == Matrix::Bt601;
            if planes && !space.converts(Layout::Rgb, options.to_srgb) {
                // A profile that is there stays, unless it is sRGB's.
                return space.finish(picture, false, cancel);
            }
            picture = ops::convert(picture, Layout::Rgb)?;
        }
        if let Some(alpha) = alpha {
            picture = with_alpha(picture, alpha, meaning.premultiplied)?;
        }
        space.finish(picture, options.to_srgb, cancel)
    }

    /// Grey, Y'CbCr of BT.601, or RGB.
    fn stored(self, cancel: &Cancel) -> Result<Picture, Error> {
        let Self { size, mut planes, subsampling, matrix, .. } = self;
        let Some(subsampling) = subsampling else {
            let data = planes.swap_remove(0).data;
            return Picture::interleaved(size, Layout::Grey, data);
        };
        if matrix == Matrix::Identity {
            return matrix.to_rgb(&planes, cancel);
        }
        let planes = <[Plane; 3]>::try_from(planes).map_err(|_| Error::internal("colour of other than 3 planes"))?;
        let picture = Picture::planar(size, subsampling, planes)?;
        if matrix == Matrix::Bt601 {
            return Ok(picture);
        }
        let fine = ops::convert(picture, Layout::YCbCr(Subsampling::S444))?;
        matrix.to_rgb(fine.planes(), cancel)
    }
}

/// RGBA of grey or RGB, and of alpha that may have been multiplied into it.
fn with_alpha(picture: Picture, alpha: Assembled, premultiplied: bool) -> Result<Picture, Error> {
    let alpha = alpha.into_first().ok_or_else(|| Error::internal("alpha without a plane"))?;
    let icc = picture.icc.clone();
    let mut picture = ops::convert(picture, Layout::Rgba)?.with_icc(icc);
    for y in 0..picture.size().height {
        let pixels = picture.row_mut(y).as_chunks_mut::<4>().0;
        for (pixel, alpha) in pixels.iter_mut().zip(alpha.row(y, 1)) {
            pixel[3] = *alpha;
        }
    }
    if premultiplied {
        ops::unmultiply(&mut picture);
    }
    Ok(picture)
}
