use lightmill_recipe::{Format, Limits};

use super::header;
use crate::metadata::{tiff_exif, tiff_xmp};
use crate::{Error, Probe};

/// What the first directory tells. Its tags are those of EXIF, and are given as a structure of their own.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let (header, _) = header::read(bytes, &Limits::default())?;
    Ok(Probe {
        format: Format::Tiff,
        size: header.size,
        orientation: header.orientation,
        frames: 1,
        has_alpha: header.kind.has_alpha(),
        bits: header.bits.max(8),
        colour: header.kind.colour(),
        quality: None,
        progressive: false,
        icc: header.icc,
        exif: tiff_exif(bytes),
        xmp: tiff_xmp(bytes),
        high_dynamic_range: false,
        bytes: bytes.len() as u64,
    })
}
