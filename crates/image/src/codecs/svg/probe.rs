use lightmill_recipe::Format;

use super::{document, size};
use crate::{Error, ExifOrientation, Probe, SourceColour};

/// The intrinsic size of the document.
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let text = document::text(bytes)?;
    let document = document::parse(&text)?;
    Ok(Probe {
        format: Format::Svg,
        size: size::intrinsic(document.root_element())?,
        orientation: ExifOrientation::UPRIGHT,
        frames: 1,
        has_alpha: true,
        bits: 8,
        colour: SourceColour::Rgb,
        quality: None,
        progressive: false,
        icc: None,
        exif: None,
        xmp: None,
        high_dynamic_range: false,
        bytes: bytes.len() as u64,
    })
}
