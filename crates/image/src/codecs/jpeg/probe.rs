use lightmill_recipe::Format;

use super::header::Header;
use super::quality::estimate;
use crate::metadata::orientation;
use crate::{Error, Probe};

/// What the markers before the first scan tell.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let header = Header::read(bytes)?;
    Ok(Probe {
        format: Format::Jpeg,
        size: header.size()?,
        orientation: header.exif.map(orientation).unwrap_or_default(),
        frames: 1,
        has_alpha: false,
        bits: header.bits()?,
        colour: header.colour()?,
        quality: estimate(&header.tables),
        progressive: header.progressive(),
        exif: header.exif.map(Into::into),
        xmp: header.xmp.map(Into::into),
        high_dynamic_range: false,
        icc: header.icc,
        bytes: bytes.len() as u64,
    })
}
