use lightmill_recipe::video::{FrameChoice, Position};
use lightmill_recipe::{CircleCentre, CropOrigin, DefaultQuality, Enlarge, Format, InfoFields, QualityRule};
use serde::Deserialize;

use super::Options;
use crate::negotiation;

/// Which server's reading of the language holds where they disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Alibaba Cloud OSS, as officially documented.
    #[default]
    Aliyun,
    /// wchaws/serverless-image-handler.
    Wchaws,
    /// keithyt06/ecs-image-handler.
    Keithyt06,
}

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 3] = [Self::Aliyun, Self::Wchaws, Self::Keithyt06];

    /// Whether this is one of the two open-source servers, which share most of their parser.
    pub(crate) const fn is_reference_server(self) -> bool {
        matches!(self, Self::Wchaws | Self::Keithyt06)
    }

    /// The number that `text` starts with. The open-source servers read leading digits and pass over the rest
    /// (`50abc` is 50); officially a number is nothing but digits.
    pub(crate) fn integer(self, text: &str) -> Option<i64> {
        let text = if self.is_reference_server() { leading_integer(text) } else { text };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // A number of too many digits is out of every range, on its own side.
        Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
    }

    /// How `crop` counts from its gravity.
    pub(crate) const fn crop_origin(self) -> CropOrigin {
        if self.is_reference_server() { CropOrigin::Cell } else { CropOrigin::Window }
    }

    /// Where the disc of `circle` lies.
    pub(crate) const fn circle_centre(self) -> CircleCentre {
        if self.is_reference_server() { CircleCentre::Radius } else { CircleCentre::Canvas }
    }

    /// What `limit_1` means.
    pub(crate) const fn limited(self) -> Enlarge {
        if self.is_reference_server() { Enlarge::NeverEachSide } else { Enlarge::Never }
    }

    /// Whether `l` and `s` hold where `w` or `h` is given too.
    pub(crate) const fn sides_beat_box(self) -> bool {
        self.is_reference_server()
    }

    /// Whether `lfit` with both sides given follows the width alone.
    pub(crate) const fn width_beats_height(self) -> bool {
        matches!(self, Self::Keithyt06)
    }

    /// What `quality,q_…` means.
    pub(crate) const fn relative_quality(self, quality: u8) -> QualityRule {
        match self {
            Self::Aliyun | Self::Wchaws => QualityRule::OfSource(quality),
            Self::Keithyt06 => QualityRule::Absolute(quality),
        }
    }

    /// What `quality,Q_…` means.
    pub(crate) const fn absolute_quality(self, quality: u8) -> QualityRule {
        match self {
            Self::Aliyun => QualityRule::AtMostSource(quality),
            Self::Wchaws | Self::Keithyt06 => QualityRule::Absolute(quality),
        }
    }

    /// Whether `Q` holds where both `q` and `Q` are given.
    pub(crate) const fn absolute_quality_beats_relative(self) -> bool {
        matches!(self, Self::Aliyun)
    }

    /// What `quality` without a number means; `None` where that is a mistake.
    pub(crate) const fn quality_without_number(self) -> Option<QualityRule> {
        match self {
            Self::Aliyun => None,
            Self::Wchaws => Some(QualityRule::Absolute(72)),
            Self::Keithyt06 => Some(QualityRule::Default),
        }
    }

    /// Quality where none is asked for.
    pub(crate) fn default_quality(self) -> DefaultQuality {
        match self {
            Self::Aliyun | Self::Wchaws => DefaultQuality::default(),
            Self::Keithyt06 => DefaultQuality { jpeg: 80, webp: 75, avif: 55 },
        }
    }

    /// Whether JPEG is progressive where `interlace` is not given; `None` has no opinion.
    pub(crate) const fn progressive(self) -> Option<bool> {
        if matches!(self, Self::Keithyt06) { Some(true) } else { None }
    }

    /// What `info` tells.
    pub(crate) const fn info(self) -> InfoFields {
        if self.is_reference_server() { InfoFields::Basic } else { InfoFields::Full }
    }

    /// The moment of a frame, in milliseconds, where none is given; `None` where that is a mistake.
    pub(crate) const fn frame_moment(self) -> Option<u32> {
        if self.is_reference_server() { Some(1000) } else { None }
    }

    /// The frame that `snapshot` means: `fast` is what `m` says, if it is given. wchaws has the word, but finds the exact
    /// frame all the same.
    pub(crate) const fn frame_choice(self, position: Position, fast: Option<bool>) -> FrameChoice {
        match (self, fast) {
            (Self::Keithyt06, None) | (Self::Aliyun | Self::Keithyt06, Some(true)) => FrameChoice::KeyFrame(position),
            _ => FrameChoice::Exact(position),
        }
    }

    /// Pixels between a watermark and the edges, where not given.
    pub(crate) const fn watermark_margin(self) -> u32 {
        if self.is_reference_server() { 5 } else { 10 }
    }

    /// The format that the word after `format,` names. (`gif` never gets here: it keeps the source's format.)
    pub(crate) fn format(self, word: &str) -> Option<Format> {
        let word = if matches!(self, Self::Keithyt06) { word.to_ascii_lowercase() } else { word.to_owned() };
        match word.as_str() {
            "heic" | "heif" if matches!(self, Self::Keithyt06) => Some(Format::Jpeg),
            "jpg" | "jpeg" => Some(Format::Jpeg),
            "png" => Some(Format::Png),
            "webp" => Some(Format::WebP),
            "bmp" => Some(Format::Bmp),
            "tiff" => Some(Format::Tiff),
            "avif" => Some(Format::Avif),
            "heic" => Some(Format::Heic),
            _ => None,
        }
    }

    /// Whether the word after `format,` asks to keep the source's format.
    pub(crate) fn keeps_format(self, word: &str) -> bool {
        word == "gif" || (matches!(self, Self::Keithyt06) && word.eq_ignore_ascii_case("gif"))
    }

    /// What is said about a word that names no format. The open-source servers list the formats of their own.
    pub(crate) const fn format_refusal(self) -> &'static str {
        match self {
            Self::Aliyun => "Format must be one of jpg,jpeg,png,webp,gif,bmp,tiff,avif,heic",
            Self::Wchaws => "Format must be one of jpg,jpeg,png,webp,gif",
            Self::Keithyt06 => "Format must be one of jpg,jpeg,png,webp,avif,gif",
        }
    }

    /// The formats that the client prefers to the source's, best first.
    ///
    /// keithyt06 also turns pictures into the PNG or JPEG that a client names; here it does so only for clients that
    /// take no other picture, as all others can show the source's format.
    pub(crate) fn preferred(self, accept: Option<&str>, options: &Options) -> Vec<Format> {
        let modern = [Format::Avif, Format::WebP];
        let offered = match (self, options.negotiate.as_slice()) {
            (Self::Keithyt06, []) if negotiation::accepts_any_image(accept) => &modern[..],
            (Self::Keithyt06, []) => &[Format::Avif, Format::WebP, Format::Png, Format::Jpeg],
            (_, offered) => offered,
        };
        negotiation::accepted(accept, offered)
    }

    /// Whether a request for an original becomes one for the best format that the client names.
    pub(crate) const fn negotiates_originals(self) -> bool {
        matches!(self, Self::Keithyt06)
    }
}

/// What JavaScript's `parseInt` reads: blanks, a sign and digits.
fn leading_integer(text: &str) -> &str {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let sign = usize::from(text.starts_with('-'));
    let digits = text.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    text.get(..sign + digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;

    use super::*;

    #[test]
    fn names_in_configuration() {
        let read =
            |name: &str| Flavour::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(name));
        assert_eq!(read("aliyun"), Ok(Flavour::Aliyun));
        assert_eq!(read("wchaws"), Ok(Flavour::Wchaws));
        assert_eq!(read("keithyt06"), Ok(Flavour::Keithyt06));
        assert!(read("Aliyun").is_err());
    }

    #[test]
    fn numbers_of_each_flavour() {
        for (text, official, reference) in [
            ("100", Some(100), Some(100)),
            ("-5", Some(-5), Some(-5)),
            ("50abc", None, Some(50)),
            ("100.7", None, Some(100)),
            (" +7", None, Some(7)),
            ("abc", None, None),
            ("", None, None),
            ("-", None, None),
            ("+-3", None, Some(-3)),
            ("99999999999999999999", Some(i64::MAX), Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN), Some(i64::MIN)),
            ("٣", None, None),
        ] {
            assert_eq!(Flavour::Aliyun.integer(text), official, "{text}");
            assert_eq!(Flavour::Wchaws.integer(text), reference, "{text}");
            assert_eq!(Flavour::Keithyt06.integer(text), reference, "{text}");
        }
    }

    #[test]
    fn png_and_jpeg_are_chosen_only_by_clients_that_take_nothing_else() {
        let preferred = |accept| Flavour::Keithyt06.preferred(Some(accept), &Options::of(Flavour::Keithyt06));
        assert_eq!(preferred("image/avif,image/webp,image/png,*/*;q=0.8"), [Format::Avif, Format::WebP]);
        assert_eq!(preferred("image/png,image/*;q=0.8"), []);
        assert_eq!(preferred("image/png"), [Format::Png]);
        assert_eq!(preferred("image/svg+xml"), []);
        assert_eq!(Flavour::Wchaws.preferred(Some("image/webp"), &Options::of(Flavour::Wchaws)), []);
    }
}
