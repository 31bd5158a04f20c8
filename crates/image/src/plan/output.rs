//! Format and quality of a result.

use lightmill_recipe::{Format, FormatChoice, Formats, PictureOutput, QualityRule};

use crate::{Error, Probe, codecs};

/// The formats that a result can have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidates {
    pub first: Format,
    /// Why it is the first.
    pub because: &'static str,
    /// Those that are tried too, if the smallest is wanted.
    pub others: Vec<Format>,
}

impl Candidates {
    /// # Errors
    /// [`Error::Unsupported`] if a format was asked for that this build does not write, [`Error::Unsuitable`] if it is
    /// switched off.
    pub fn new(output: &PictureOutput, source: &Probe, animated: bool, allowed: Formats) -> Result<Self, Error> {
        let writes = |format: Format| codecs::can_encode(format) && allowed.writes(format);
        if let Some(format) = output.format {
            return match (codecs::can_encode(format), allowed.writes(format)) {
                (true, true) => Ok(Self { first: format, because: "asked for", others: Vec::new() }),
                (true, false) => Err(Error::Unsuitable(switched_off(format, allowed))),
                (false, _) => Err(Error::unsupported(format!("writing {format}"))),
            };
        }
        let own = if writes(source.format) {
            (source.format, "the source's")
        } else {
            let usual = if source.has_alpha || source.format == Format::Svg { Format::Png } else { Format::Jpeg };
            let others = [Format::Png, Format::WebP, Format::Jpeg].into_iter().chain(Format::ALL);
            let format = std::iter::once(usual).chain(others).find(|format| writes(*format));
            let none = || Error::Unsuitable("no format is left to be written".to_owned());
            (format.ok_or_else(none)?, "the source's cannot be written")
        };
        let fits = |format: &Format| {
            writes(*format) && (!animated || format.can_animate()) && (!source.has_alpha || format.has_alpha())
        };
        let mut formats = output.preferred.iter().copied().filter(fits);
        let (first, because) = formats.next().map_or(own, |format| (format, "the best that client and mount allow"));
        let mut others = Vec::new();
        if output.choose == FormatChoice::Smallest {
            for format in formats.chain([own.0]) {
                if format != first && !others.contains(&format) {
                    others.push(format);
                }
            }
        }
        Ok(Self { first, because, others })
    }
}

fn switched_off(format: Format, allowed: Formats) -> String {
    let left = Format::ALL.into_iter().filter(|format| codecs::can_encode(*format) && allowed.writes(*format));
    let left: Vec<&str> = left.map(Format::name).collect();
    format!("results are not made in {format} here; there are: {}", left.join(", "))
}

/// The number that the encoder is given, 1 to 100; the first that is tried, if a score is to be reached.
pub(super) fn quality(output: &PictureOutput, format: Format, source: &Probe) -> u8 {
    let default = match format {
        Format::WebP => output.quality.default.webp,
        Format::Avif => output.quality.default.avif,
        _ => output.quality.default.jpeg,
    };
    let of_source = source.quality.filter(|_| format == Format::Jpeg);
    let number = match output.quality.rule {
        QualityRule::Default | QualityRule::Perceptual(_) => u32::from(default),
        QualityRule::AtMostSource(quality) => u32::from(of_source.map_or(quality, |source| quality.min(source))),
        QualityRule::OfSource(percent) if format == Format::Jpeg => {
            (u32::from(of_source.unwrap_or(default)) * u32::from(percent) + 50) / 100
        }
        QualityRule::Absolute(quality) | QualityRule::OfSource(quality) => u32::from(quality),
    };
    number.clamp(1, 100) as u8
}
