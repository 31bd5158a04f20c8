use std::io::Cursor;
use std::sync::Arc;

use image::ImageDecoder;
use image::codecs::tiff::TiffDecoder;
use lightmill_recipe::Format;

use crate::codecs::DecodeOptions;
use crate::codecs::library::{failed, pixels, size};
use crate::colour::finish;
use crate::{Error, FrameSource, Still};

/// The first picture of the file, as grey, RGB or RGBA. CMYK is converted without its profile, as the library gives it.
pub(in crate::codecs) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let mut decoder =
        TiffDecoder::new(Cursor::new(bytes)).map_err(|error| failed(Format::Tiff, error, &options.limits))?;
    options.limits.check_source(size(&decoder))?;
    let icc: Option<Arc<[u8]>> = decoder.icc_profile().ok().flatten().map(Into::into);
    let picture = pixels(Format::Tiff, decoder, options)?;
    let picture = finish(picture, icc.as_ref(), options.to_srgb, &options.cancel)?;
    Ok(Box::new(Still::new(picture)))
}
