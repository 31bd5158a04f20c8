use lightmill_recipe::Format;

use super::header::Header;
use crate::{Error, ExifOrientation, Probe, SourceColour};

/// What the blocks tell.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let header = Header::read(bytes)?;
    Ok(Probe {
        format: Format::Gif,
        size: header.size,
        orientation: ExifOrientation::UPRIGHT,
        frames: header.frames,
        has_alpha: header.alpha,
        bits: 8,
        colour: SourceColour::Rgb,
        quality: None,
        progressive: header.interlaced,
        icc: None,
        exif: None,
        xmp: header.xmp,
        high_dynamic_range: false,
        bytes: bytes.len() as u64,
    })
}
