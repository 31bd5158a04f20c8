use lightmill_recipe::Format;

use crate::codecs::isobmff::{Still, space};
use crate::{Error, Probe, SourceColour};

/// What the boxes tell about the primary item, whether or not this build decodes it.
///
/// The orientation is that of `irot` and `imir`; EXIF's own is not to be applied (HEIF, annex A.2.1).
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let still = Still::read(Format::Heic, bytes)?;
    let space = space(still.icc.map(Into::into), still.nclx, false);
    Ok(Probe {
        format: Format::Heic,
        size: still.window.size,
        orientation: still.orientation,
        frames: 1,
        has_alpha: still.alpha.is_some(),
        bits: still.samples.bits,
        colour: still.samples.subsampling.map_or(SourceColour::Grey, SourceColour::YCbCr),
        quality: None,
        progressive: false,
        high_dynamic_range: space.is_high_dynamic_range(),
        icc: space.icc().cloned(),
        exif: still.exif().map(|exif| exif.as_ref().into()),
        xmp: still.xmp().map(|xmp| xmp.as_ref().into()),
        bytes: bytes.len() as u64,
    })
}
