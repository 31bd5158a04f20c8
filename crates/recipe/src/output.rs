use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::video::{Clip, Preview, Sprite};
use crate::{Colour, Format, Metadata};

/// What is made of the main input after its operations.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// A picture file.
    Picture(PictureOutput),
    /// JSON about the source as it is stored; operations are not run.
    Info(InfoFields),
    /// The mean colour after the operations, as the text `0xRRGGBB`.
    AverageHue,
    /// A few bytes that stand for the picture after the operations until it is there, as text.
    Placeholder(Placeholder),
    /// JSON about the picture that would be made.
    Meta {
        /// What it tells.
        meta: Meta,
        /// How the picture would be encoded.
        picture: PictureOutput,
    },
    /// Another video, made of the stored one; operations are not run.
    Clip(Clip),
    /// JSON about a video as it is stored: container, duration, bit rate; of each stream codec, size as it is shown,
    /// rotation, frame rate, channels. Operations are not run.
    VideoInfo,
    /// Frames of a video on one sheet; operations are not run.
    Sprite(Sprite),
    /// An animated picture of a piece of a video; operations are not run.
    Preview(Preview),
}

impl Output {
    /// The name that plans and the command line use.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Picture(_) => "picture",
            Self::Info(_) => "info",
            Self::AverageHue => "average_hue",
            Self::Placeholder(_) => "placeholder",
            Self::Meta { .. } => "meta",
            Self::Clip(_) => "clip",
            Self::VideoInfo => "video_info",
            Self::Sprite(_) => "sprite",
            Self::Preview(_) => "preview",
        }
    }

    /// Whether only a video can be its source.
    pub const fn is_of_video(&self) -> bool {
        matches!(self, Self::Clip(_) | Self::VideoInfo | Self::Sprite(_) | Self::Preview(_))
    }
}

/// What is told about a picture instead of making it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Meta {
    /// The source's size, where it is cut, resized and mirrored, and what matters in it (Thumbor).
    Operations {
        /// What the source is called.
        name: String,
        /// The function of JavaScript that is called with it; `None` is JSON alone.
        callback: Option<String>,
    },
    /// Format, size and metadata (imagor).
    Picture {
        /// With a `BlurHash` of so many components across and down, 1 to 9.
        blurhash: Option<(u8, u8)>,
        /// With a `ThumbHash`.
        thumbhash: bool,
        /// With the mean colour.
        average_colour: bool,
    },
}

/// A few bytes that stand for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placeholder {
    /// A `BlurHash`, in its own digits. Components outside of 1 to 9 count as the nearest of these.
    BlurHash {
        /// Components across, 1 to 9.
        across: u8,
        /// Components down, 1 to 9.
        down: u8,
    },
    /// A `ThumbHash`, in Base64.
    ThumbHash,
}

/// How a picture is encoded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PictureOutput {
    /// The format asked for; `None` keeps the source's (SVG becomes PNG).
    pub format: Option<Format>,
    /// Formats of which the best is taken if `format` is `None`: the client's and the mount's, best first.
    /// An empty list keeps the source's format.
    pub preferred: Vec<Format>,
    /// Quality of lossy formats.
    pub quality: Quality,
    /// No loss, in a format that can be either (WebP); `quality` then counts for nothing. Other formats ignore it.
    pub lossless: bool,
    /// Progressive JPEG (`SOF2`) or baseline; other formats ignore it. `None` is baseline, but lets a source's own data
    /// be the result whichever of the two they are.
    pub progressive: Option<bool>,
    /// PNG with a palette of so many colours at most, dithered; `None` keeps every colour. Other formats ignore it.
    pub palette: Option<PaletteColours>,
    /// How long to search for a smaller file.
    pub effort: Effort,
    /// What lies behind transparent pixels in a format without alpha.
    pub matte: Colour,
    /// What becomes of an ICC profile.
    pub profile: Profile,
    /// What becomes of EXIF and XMP; `None` leaves it to the mount, and drops them where that says nothing either.
    pub metadata: Option<Metadata>,
    /// Bytes that the result should not exceed. Quality is lowered for it, to 10 at the least: a result that is still
    /// larger, or of a format without quality, is given all the same.
    pub max_bytes: Option<u64>,
    /// Which of several formats is taken if `format` is `None`.
    pub choose: FormatChoice,
    /// Whether a result of which nothing but the encoding differs from its source may have more bytes than that.
    /// Otherwise the source's own data, without its metadata, take its place.
    pub may_grow: bool,
}

impl Default for PictureOutput {
    fn default() -> Self {
        Self {
            format: None,
            preferred: Vec::new(),
            quality: Quality::default(),
            lossless: false,
            progressive: None,
            palette: None,
            effort: Effort::default(),
            matte: Colour::WHITE,
            profile: Profile::ToSrgb,
            metadata: None,
            max_bytes: None,
            choose: FormatChoice::First,
            may_grow: false,
        }
    }
}

/// Colours of a palette, 2 to 256, transparent ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PaletteColours(NonZeroU16);

impl PaletteColours {
    /// As many as a palette holds.
    pub const MOST: Self = Self(NonZeroU16::MIN.saturating_add(255));

    /// `None` for fewer than 2 colours and for more than 256.
    pub fn new(colours: u16) -> Option<Self> {
        NonZeroU16::new(colours).filter(|colours| (2..=256).contains(&colours.get())).map(Self)
    }

    /// The number, 2 to 256.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

/// How long an encoder searches for a smaller file of the same quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// The best bytes for the time of a page that waits.
    #[default]
    Fast,
    /// Several times as long: for what is made once and sent often. AVIF with finer chroma, JPEG with trellis
    /// quantisation, WebP by libwebp's slower methods; other formats have one effort.
    Small,
}

/// Which of several allowed formats a result has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormatChoice {
    /// The first that can hold the picture.
    #[default]
    First,
    /// The one that takes the fewest bytes, by trying all of them and the source's own; the first of equal ones.
    Smallest,
}

/// What becomes of a source's ICC profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Colours are converted to sRGB and no profile is written.
    #[default]
    ToSrgb,
    /// Colours stay as they are and the profile is written too. CMYK is converted all the same, and so is everything in
    /// formats that hold no profile.
    Keep,
    /// Colours are converted to Display P3 and its profile is written; formats that hold no profile get sRGB.
    DisplayP3,
}

/// Quality of a lossy encode: what was asked for, and what holds when nothing was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Quality {
    /// The request's own rule.
    pub rule: QualityRule,
    /// Used by [`QualityRule::Default`], and by [`QualityRule::OfSource`] where the source has no quality of its own.
    pub default: DefaultQuality,
}

/// Where the number comes from. All numbers are 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityRule {
    /// The default of the output format.
    #[default]
    Default,
    /// This number.
    Absolute(u8),
    /// This number, but never above the estimated quality of a JPEG source.
    AtMostSource(u8),
    /// This many percent of the estimated quality of a JPEG source; absolute for outputs other than JPEG.
    OfSource(u8),
    /// The lowest number with which the result scores this much on the scale of SSIMULACRA2 (50 medium, 70 high, 90
    /// visually lossless), found by trying. Formats without quality ignore it.
    Perceptual(u8),
}

impl QualityRule {
    /// The score that `auto` means.
    pub const AUTO: u8 = 75;

    /// Reads `80`, `auto` or `auto:70`, as configurations and command lines write it.
    ///
    /// # Errors
    /// What would be right, for text that is none of these.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RIGHT: &str = "is a whole number from 1 to 100, `auto`, or `auto:` and a score from 1 to 100";
        let number = |text: &str| text.parse().ok().filter(|number| (1..=100).contains(number)).ok_or(RIGHT);
        match text.strip_prefix("auto") {
            None => number(text).map(Self::Absolute),
            Some("") => Ok(Self::Perceptual(Self::AUTO)),
            Some(rest) => number(rest.strip_prefix(':').ok_or(RIGHT)?).map(Self::Perceptual),
        }
    }
}

/// The quality that each lossy format takes when none is asked for, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DefaultQuality {
    /// JPEG, on libjpeg's scale.
    pub jpeg: u8,
    /// WebP, on libwebp's scale.
    pub webp: u8,
    /// AVIF, on libvips' scale.
    pub avif: u8,
}

impl Default for DefaultQuality {
    fn default() -> Self {
        Self { jpeg: 80, webp: 80, avif: 50 }
    }
}

/// How much [`Output::Info`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InfoFields {
    /// File size, format, width and height: what the open-source reference servers tell.
    Basic,
    /// The same with the number of frames and every EXIF tag: the official definition.
    Full,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn palettes_have_2_to_256_colours() {
        assert_eq!([0, 1, 257].map(PaletteColours::new), [None; 3]);
        assert_eq!([2, 256].map(|n| PaletteColours::new(n).map(PaletteColours::get)), [Some(2), Some(256)]);
        assert_eq!(PaletteColours::new(256), Some(PaletteColours::MOST));
    }

    #[test]
    fn qualities_are_read() {
        assert_eq!(QualityRule::parse("80"), Ok(QualityRule::Absolute(80)));
        assert_eq!(QualityRule::parse("auto"), Ok(QualityRule::Perceptual(QualityRule::AUTO)));
        assert_eq!(QualityRule::parse("auto:60"), Ok(QualityRule::Perceptual(60)));
        for wrong in ["", "0", "101", "-1", "8.5", "auto:", "auto:0", "auto60", "autos", "Auto"] {
            assert!(QualityRule::parse(wrong).is_err(), "{wrong}");
        }
    }
}
