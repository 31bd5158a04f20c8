use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::tiff::TiffDecoder;
use lightmill_recipe::{Format, Limits};

use crate::codecs::library::{describe, failed, size};
use crate::metadata::orientation;
use crate::{Error, Probe};

/// What the first directory tells. Its tags are those of EXIF, but are not given as such: they are spread over the file.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let mut decoder =
        TiffDecoder::new(Cursor::new(bytes)).map_err(|error| failed(Format::Tiff, error, &Limits::default()))?;
    let (colour, bits, has_alpha) = describe(&decoder);
    Ok(Probe {
        format: Format::Tiff,
        size: size(&decoder),
        orientation: orientation(bytes),
        frames: 1,
        has_alpha,
        bits,
        colour,
        quality: None,
        progressive: false,
        // A profile that cannot be read is as good as none.
        icc: decoder.icc_profile().ok().flatten().map(Into::into),
        exif: None,
        bytes: bytes.len() as u64,
    })
}
