use std::io::Cursor;

use image::codecs::tiff::TiffEncoder;

use crate::codecs::{EncodeOptions, library};
use crate::{Error, FrameSource};

/// Uncompressed grey, RGB or RGBA with the picture's profile.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let mut output = Cursor::new(Vec::new());
    library::encode(frames, options, &mut output, TiffEncoder::new)?;
    Ok(output.into_inner())
}
