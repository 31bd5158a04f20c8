use lightmill_jpeg::{Decoder, Limits, Options, Refinement, Sampling, Scale};
use lightmill_recipe::{Format, LimitError, Size};

use crate::codecs::DecodeOptions;
use crate::{Error, Layout, Picture, Plane, Subsampling};

/// Planes at `eighths`/8 of the stored size, in the subsampling that is stored: grey or Y'CbCr.
///
/// `None` if this is a case for libjpeg: a larger scale, a rare variant, or a file that libjpeg, which has tables of its
/// own for missing ones, may still understand.
pub(super) fn decode(bytes: &[u8], eighths: u8, options: &DecodeOptions) -> Result<Option<Picture>, Error> {
    let scale = match eighths {
        1 => Scale::Eighth,
        2 => Scale::Quarter,
        4 => Scale::Half,
        _ => return Ok(None),
    };
    let interrupt = || options.cancel.check().is_err();
    let wanted = Options {
        scale,
        refinement: Refinement::Visible,
        // Pixels have been checked with the header.
        limits: Limits { pixels: u64::MAX, memory_bytes: options.limits.memory_bytes, ..Limits::default() },
        interrupt: Some(&interrupt),
        ..Options::default()
    };
    // Damaged data give what could be read, as libjpeg does.
    match Decoder::new(bytes).and_then(|decoder| decoder.decode(&wanted)) {
        Ok(decoded) => picture(decoded.planes),
        Err(lightmill_jpeg::Error::Limit { limit: "memory_bytes", actual, allowed }) => {
            Err(LimitError { limit: "memory_bytes", actual, allowed }.into())
        }
        Err(error @ lightmill_jpeg::Error::Limit { .. }) => Err(Error::corrupt(Format::Jpeg, error)),
        Err(lightmill_jpeg::Error::Interrupted) => Err(options.cancel.check().err().unwrap_or(Error::Cancelled)),
        Err(_) => Ok(None),
    }
}

fn picture(planes: Vec<lightmill_jpeg::Plane>) -> Result<Option<Picture>, Error> {
    let ratio = |luma: &Sampling, chroma: &Sampling| Subsampling {
        horizontal: luma.horizontal / chroma.horizontal,
        vertical: luma.vertical / chroma.vertical,
    };
    let samplings: Vec<Sampling> = planes.iter().map(|plane| plane.sampling).collect();
    let mut planes = planes.into_iter().map(|plane| Plane {
        size: Size::new(plane.width, plane.height),
        stride: plane.stride,
        data: plane.data,
    });
    match (samplings.as_slice(), planes.next(), planes.next(), planes.next()) {
        ([_], Some(grey), ..) => {
            let (size, stride) = (grey.size, grey.stride);
            let width = size.width as usize;
            let mut data = grey.data;
            if stride > width {
                for y in 1..size.height as usize {
                    data.copy_within(y * stride..y * stride + width, y * width);
                }
                data.truncate(width * size.height as usize);
            }
            Ok(Some(Picture::interleaved(size, Layout::Grey, data)?))
        }
        ([y, cb, _], Some(luma), Some(blue), Some(red)) => {
            Picture::planar(luma.size, ratio(y, cb), [luma, blue, red]).map(Some)
        }
        (..) => Err(Error::internal("a JPEG of neither 1 nor 3 components")),
    }
}
