use std::io::Cursor;

use image::codecs::bmp::BmpEncoder;

use crate::codecs::{EncodeOptions, library};
use crate::{Error, FrameSource};

/// Uncompressed: 8 bits with a palette for grey, 24 for RGB, 32 for RGBA (which few programs read as transparent).
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let mut output = Cursor::new(Vec::new());
    library::encode(frames, options, &mut output, BmpEncoder::new)?;
    Ok(output.into_inner())
}
