use lightmill_recipe::Format;

use super::header::Header;
use crate::metadata::{MAX_PACKET, orientation};
use crate::{Error, Probe, SourceColour, Subsampling};

/// What the chunks tell.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let header = Header::read(bytes)?;
    let lossy = !header.lossless && !header.animated;
    Ok(Probe {
        format: Format::WebP,
        size: header.size()?,
        orientation: header.exif.map(orientation).unwrap_or_default(),
        frames: header.frames.max(1),
        has_alpha: header.alpha,
        bits: 8,
        colour: if lossy { SourceColour::YCbCr(Subsampling::S420) } else { SourceColour::Rgb },
        quality: None,
        progressive: false,
        exif: header.exif.map(Into::into),
        xmp: header.xmp.filter(|packet| packet.len() <= MAX_PACKET).map(Into::into),
        high_dynamic_range: false,
        icc: header.icc,
        bytes: bytes.len() as u64,
    })
}
