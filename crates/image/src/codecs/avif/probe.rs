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
    let told = |told: Probe, still: Option<&Still<'_>>| Probe {
        exif: still.and_then(Still::exif).map(|exif| exif.as_ref().into()),
        xmp: still.and_then(Still::xmp).map(|xmp| xmp.as_ref().into()),
        bytes: bytes.len() as u64,
        ..told
    };
    if let Some(Sequence { colour, alpha, .. }) = sequence(bytes)? {
        let meaning = describe(colour.samples, colour.nclx, colour.icc, alpha.is_some());
        let meaning = Probe { size: colour.size, frames: colour.count().max(1), ..meaning };
        // Metadata of the whole file are items beside its tracks.
        return Ok(told(meaning, Still::read(Format::Avif, bytes).ok().as_ref()));
    }
    let still = Still::read(Format::Avif, bytes)?;
    let meaning = describe(still.samples, still.nclx, still.icc, still.alpha.is_some());
    Ok(told(Probe { size: still.window.size, orientation: still.orientation, ..meaning }, Some(&still)))
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
