use std::io::Cursor;

use bytes::Bytes;
use image::codecs::bmp::BmpDecoder;
use lightmill_recipe::Format;

use crate::codecs::DecodeOptions;
use crate::codecs::library::{failed, pixels};
use crate::{Error, FrameSource, Still};

/// Grey, RGB or RGBA; sRGB is assumed.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| failed(Format::Bmp, error, &options.limits))?;
    Ok(Box::new(Still::new(pixels(Format::Bmp, decoder, options)?)))
}
