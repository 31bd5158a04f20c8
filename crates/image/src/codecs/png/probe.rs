use lightmill_recipe::Format;

use super::header::Header;
use crate::metadata::orientation;
use crate::{Error, Probe, SourceColour};

/// What the chunks tell.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let header = Header::read(bytes)?;
    Ok(Probe {
        format: Format::Png,
        size: header.size,
        orientation: header.exif.map(orientation).unwrap_or_default(),
        frames: header.frames(),
        has_alpha: header.has_alpha(),
        bits: if header.colour_type == 3 { 8 } else { header.bits },
        colour: if header.is_grey() { SourceColour::Grey } else { SourceColour::Rgb },
        quality: None,
        progressive: header.interlaced,
        exif: header.exif.map(Into::into),
        xmp: header.xmp,
        high_dynamic_range: header.space.is_high_dynamic_range(),
        icc: header.space.icc().cloned(),
        bytes: bytes.len() as u64,
    })
}
