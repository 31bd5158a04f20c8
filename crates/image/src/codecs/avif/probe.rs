use lightmill_recipe::{Format, Size};

use super::matrix::Matrix;
use crate::codecs::isobmff::{Nclx, Samples, Sequence, Still, is_sequence, space};
use crate::{Error, ExifOrientation, Probe, SourceColour};

/// The type of AV1 items and sample entries.
pub(super) const CODEC: [u8; 4] = *b"av01";

/// What the boxes tell: of the image sequence if the file's main brand is `avis`, else of the primary item.
///
/// The orientation is that of `irot` and `imir`; EXIF's own is not to be applied (HEIF, annex A.2.1).
pub(in crate::codecs) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    if let Some(Sequence { colour, alpha, .. }) = sequence(bytes)? {
        let meaning = describe(colour.samples, colour.nclx, colour.icc, alpha.is_some());
        return Ok(Probe { size: colour.size, frames: colour.count().max(1), bytes: bytes.len() as u64, ..meaning });
    }
    let still = Still::read(Format::Avif, bytes)?;
    Ok(Probe {
        size: still.window.size,
        orientation: still.orientation,
        exif: still.exif().map(|exif| exif.as_ref().into()),
        xmp: None,
        bytes: bytes.len() as u64,
        ..describe(still.samples, still.nclx, still.icc, still.alpha.is_some())
    })
}

/// The image sequence, if it is what the file is to be shown as.
pub(super) fn sequence(bytes: &[u8]) -> Result<Option<Sequence<'_>>, Error> {
    if !is_sequence(bytes) {
        return Ok(None);
    }
    Ok(Sequence::read(Format::Avif, bytes, CODEC)?.filter(|sequence| sequence.colour.count() > 0))
}

/// What samples mean, in a probe whose other fields are to be filled in.
fn describe(samples: Samples, nclx: Option<Nclx>, icc: Option<&[u8]>, has_alpha: bool) -> Probe {
    let grey = samples.subsampling.is_none() && !has_alpha;
    let space = space(icc.map(Into::into), nclx, grey);
    let bt601 = nclx.is_some_and(|nclx| Matrix::from_code(nclx.matrix) == Some(Matrix::Bt601));
    let colour = match samples.subsampling {
        None => SourceColour::Grey,
        Some(subsampling) if bt601 && !space.is_high_dynamic_range() => SourceColour::YCbCr(subsampling),
        Some(_) => SourceColour::YCbCrOther,
    };
    Probe {
        format: Format::Avif,
        size: Size::new(0, 0),
        orientation: ExifOrientation::UPRIGHT,
        frames: 1,
        has_alpha,
        bits: samples.bits,
        colour,
        quality: None,
        progressive: false,
        high_dynamic_range: space.is_high_dynamic_range(),
        icc: space.icc().cloned(),
        exif: None,
        xmp: None,
        bytes: 0,
    }
}
