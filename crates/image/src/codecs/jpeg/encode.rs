use lightmill_recipe::Effort;

use super::baseline;
use super::compressor::{Compressor, Input};
use super::strips::{COLOUR, Strip};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::first_frame;
use crate::{Error, FrameSource, Layout, Picture};

/// Baseline or progressive, 4:2:0 whatever the quality and the source's own subsampling, as sharp does by default:
/// finer chroma is averaged. The profile of the picture is embedded.
///
/// Baseline files are written by our own encoder, others by libjpeg.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let picture = first_frame(frames)?.picture;
    match options.effort {
        Effort::Fast if !options.progressive => baseline::encode(&picture, options),
        Effort::Fast | Effort::Small => by_libjpeg(&picture, options),
    }
}

pub(super) fn by_libjpeg(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let mut strip = Strip::new(picture)?;
    let input = match picture.layout() {
        Layout::Grey => Input::Grey,
        Layout::YCbCr(_) => Input::Planes420,
        _ => Input::Rgb,
    };
    let mut jpeg = Compressor::start(picture.size(), input, picture.icc.as_deref(), options)?;
    if input == Input::Planes420 {
        for top in (0..picture.size().height as usize).step_by(COLOUR) {
            options.cancel.check()?;
            strip.take(picture, top);
            jpeg.write_strip(&strip.planes[0], [&strip.planes[1], &strip.planes[2]])?;
        }
    } else {
        let plane = &picture.planes()[0];
        let whole = plane.stride * plane.size.height as usize;
        for rows in plane.data[..whole].chunks(plane.stride * COLOUR) {
            options.cancel.check()?;
            jpeg.write_rows(rows, plane.stride)?;
        }
    }
    jpeg.finish()
}
