use super::compressor::{Compressor, Input, STRIP};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::codecs::chroma::fill;
use crate::{Error, FrameSource, Layout, Picture, Subsampling};

/// Baseline or progressive, 4:2:0 whatever the quality and the source's own subsampling, as sharp does by default:
/// finer chroma is averaged. The profile of the picture is embedded.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = first_frame(frames)?.picture;
    let input = match picture.layout() {
        Layout::Grey => Input::Grey,
        Layout::Rgb => Input::Rgb,
        Layout::YCbCr(_) => Input::Planes420,
        Layout::Rgba => return Err(Error::internal("a JPEG cannot hold transparency")),
        Layout::Grey16 | Layout::Rgb16 | Layout::Rgba16 => return Err(Error::internal("a JPEG holds 8 bits")),
    };
    let mut jpeg = Compressor::start(picture.size(), input, picture.icc.as_deref(), options)?;
    if let Layout::YCbCr(subsampling) = picture.layout() {
        write_planes(&mut jpeg, &picture, subsampling, options)?;
    } else {
        let plane = &picture.planes()[0];
        let whole = plane.stride * plane.size.height as usize;
        for rows in plane.data[..whole].chunks(plane.stride * STRIP) {
            options.cancel.check()?;
            jpeg.write_rows(rows, plane.stride)?;
        }
    }
    jpeg.finish()
}

fn write_planes(
    jpeg: &mut Compressor,
    picture: &Picture,
    subsampling: Subsampling,
    options: &EncodeOptions,
) -> Result<(), Error> {
    let stride = (picture.size().width as usize).next_multiple_of(STRIP);
    let mut luma = vec![0; stride * STRIP];
    let mut chroma = [vec![0; stride / 2 * STRIP / 2], vec![0; stride / 2 * STRIP / 2]];
    let [y, cb, cr] = picture.planes() else { return Err(Error::internal("Y'CbCr of other than 3 planes")) };
    for top in (0..picture.size().height as usize).step_by(STRIP) {
        options.cancel.check()?;
        fill(&mut luma, stride, y, top, (1, 1));
        let shrink = (usize::from(2 / subsampling.horizontal), usize::from(2 / subsampling.vertical));
        for (target, plane) in chroma.iter_mut().zip([cb, cr]) {
            fill(target, stride / 2, plane, top / 2, shrink);
        }
        jpeg.write_strip(&luma, [&chroma[0], &chroma[1]])?;
    }
    Ok(())
}
