use lightmill_recipe::{Format, Limits};

use super::container::Container;
use super::header::{Colours, Header};
use super::stream::{open, profile};
use crate::{Cancel, Error, ExifOrientation, Probe, SourceColour};

/// What the header tells; of animations, frames are counted too.
///
/// The size is that of the upright picture, for the decoder turns it: EXIF's orientation is not to be applied
/// (ISO/IEC 18181-1, annex D.3).
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let container = Container::read(bytes)?;
    let header = Header::read(&container.codestream)?;
    let (mut frames, mut icc) = (1, None);
    if header.is_animated() || !matches!(header.colours(), Colours::Srgb | Colours::HighDynamicRange) {
        let wanted = if header.is_animated() { usize::MAX } else { 0 };
        let image = open(&container.codestream, &header, wanted, &Limits::default(), &Cancel::default())?;
        frames = (image.num_loaded_keyframes() as u32).max(1);
        icc = profile(&image, &header);
    }
    Ok(Probe {
        format: Format::JpegXl,
        size: header.size(),
        orientation: ExifOrientation::UPRIGHT,
        frames,
        has_alpha: header.alpha().is_some(),
        bits: header.bits(),
        colour: if header.is_grey() { SourceColour::Grey } else { SourceColour::Rgb },
        quality: None,
        progressive: false,
        high_dynamic_range: header.high_dynamic_range().is_some(),
        icc,
        exif: container.exif.map(Into::into),
        xmp: container.xmp.map(Into::into),
        bytes: bytes.len() as u64,
    })
}
