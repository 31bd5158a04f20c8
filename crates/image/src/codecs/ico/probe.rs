use std::io::Cursor;

use image::codecs::ico::IcoDecoder;
use lightmill_recipe::{Format, Limits};

use super::directory::{Entry, alone, largest};
use crate::codecs::library::{describe, failed, size};
use crate::codecs::png;
use crate::{Error, ExifOrientation, Probe};

/// What the largest entry's own header tells.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    match largest(bytes)? {
        Entry::Png(file) => {
            Ok(Probe { format: Format::Ico, bytes: bytes.len() as u64, ..png::probe(file).map_err(of_icon)? })
        }
        Entry::Bitmap { record, data } => {
            let file = alone(record, data);
            let decoder =
                IcoDecoder::new(Cursor::new(&file)).map_err(|error| failed(Format::Ico, error, &Limits::default()))?;
            let (colour, bits, has_alpha) = describe(&decoder);
            Ok(Probe {
                format: Format::Ico,
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
    }
}

/// The entry's damage is the icon's.
pub(super) fn of_icon(error: Error) -> Error {
    match error {
        Error::Corrupt { detail, .. } => Error::corrupt(Format::Ico, detail),
        other => other,
    }
}
