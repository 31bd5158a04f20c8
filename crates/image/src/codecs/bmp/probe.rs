use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use lightmill_recipe::{Format, Limits};

use crate::codecs::library::{describe, failed, size};
use crate::{Error, ExifOrientation, Probe};

/// What the header tells.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let decoder =
        BmpDecoder::new(Cursor::new(bytes)).map_err(|error| failed(Format::Bmp, error, &Limits::default()))?;
    let (colour, bits, has_alpha) = describe(&decoder);
    Ok(Probe {
        format: Format::Bmp,
        size: size(&decoder),
        orientation: ExifOrientation::UPRIGHT,
        frames: 1,
        has_alpha,
        bits,
        colour,
        quality: None,
        progressive: false,
        icc: None,
        exif: None,
        xmp: None,
        high_dynamic_range: false,
        bytes: bytes.len() as u64,
    })
}
