//! Format and quality of a result.

use lightmill_recipe::{Format, PictureOutput, QualityRule};

use crate::{Error, Probe, codecs};

/// The format of the result and why it is that one.
///
/// # Errors
/// [`Error::Unsupported`] if a format was asked for that this build does not write.
pub(super) fn format(output: &PictureOutput, source: &Probe, animated: bool) -> Result<(Format, &'static str), Error> {
    if let Some(format) = output.format {
        return if codecs::can_encode(format) {
            Ok((format, "asked for"))
        } else {
            Err(Error::unsupported(format!("writing {format}")))
        };
    }
    let negotiated =
        output.preferred.iter().copied().find(|f| codecs::can_encode(*f) && (!animated || f.can_animate()));
    Ok(match negotiated {
        Some(format) => (format, "the best that client and mount allow"),
        None if codecs::can_encode(source.format) => (source.format, "the source's"),
        None if source.has_alpha || source.format == Format::Svg => (Format::Png, "the source's cannot be written"),
        None => (Format::Jpeg, "the source's cannot be written"),
    })
}

/// The number that the encoder is given, 1 to 100.
pub(super) fn quality(output: &PictureOutput, format: Format, source: &Probe) -> u8 {
    let default = match format {
        Format::WebP => output.quality.default.webp,
        Format::Avif => output.quality.default.avif,
        _ => output.quality.default.jpeg,
    };
    let of_source = source.quality.filter(|_| format == Format::Jpeg);
    let number = match output.quality.rule {
        QualityRule::Default => u32::from(default),
        QualityRule::AtMostSource(quality) => u32::from(of_source.map_or(quality, |source| quality.min(source))),
        QualityRule::OfSource(percent) if format == Format::Jpeg => {
            (u32::from(of_source.unwrap_or(default)) * u32::from(percent) + 50) / 100
        }
        QualityRule::Absolute(quality) | QualityRule::OfSource(quality) => u32::from(quality),
    };
    number.clamp(1, 100) as u8
}
