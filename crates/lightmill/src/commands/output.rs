use clap::{Args, ValueEnum};
use lightmill_recipe::{self as recipe, Format, FormatChoice, Light, OutputDefaults, PaletteColours, QualityRule};

/// How the result is encoded, where the recipe says nothing.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArguments {
    /// Quality of lossy formats: 1 to 100; `auto` for the lowest that looks as good as the picture before it is encoded;
    /// or `auto:` and the SSIMULACRA2 score to be reached (50 medium, 70 high, 90 visually lossless).
    #[arg(long, value_name = "QUALITY", value_parser = QualityRule::parse)]
    quality: Option<QualityRule>,
    /// Bytes for which the quality of lossy formats is lowered, to 10 at the least.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    max_bytes: Option<u64>,
    /// How long to search for a smaller file.
    #[arg(long, value_enum, default_value_t = Effort::Fast)]
    effort: Effort,
    /// Colours of a PNG's palette at most, 2 to 256; without it every colour is kept.
    #[arg(long, value_name = "COLOURS", value_parser = palette)]
    palette: Option<PaletteColours>,
    /// No loss in formats that can be either (WebP).
    #[arg(long)]
    lossless: bool,
    /// Formats that the result can have, best first, whatever the extension of the output says.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', value_parser = format)]
    pub formats: Vec<Format>,
    /// Which of the formats is taken.
    #[arg(long, value_enum, default_value_t = Choice::First)]
    choose: Choice,
    /// What is kept of EXIF and XMP.
    #[arg(long, value_enum, default_value_t = Metadata::Drop)]
    metadata: Metadata,
    /// What becomes of the colour profile.
    #[arg(long, value_enum, default_value_t = Profile::Srgb)]
    profile: Profile,
    /// How pictures are resized.
    #[arg(long, value_enum, default_value_t = Resize::Default)]
    resize: Resize,
    /// Lets an encoding of an unchanged picture be larger than it was.
    #[arg(long)]
    may_grow: bool,
}

/// [`FormatChoice`], by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    /// The first that can hold the picture.
    First,
    /// The one that takes the fewest bytes; all are tried.
    Smallest,
}

/// [`recipe::Effort`], by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Effort {
    /// As for a page that waits.
    Fast,
    /// Several times as long.
    Small,
}

/// [`recipe::Metadata`], by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Metadata {
    /// Nothing.
    Drop,
    /// Author and rights.
    Copyright,
    /// Everything but where the picture was taken.
    Keep,
    /// Everything.
    KeepWithLocation,
}

/// [`recipe::Profile`], by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Profile {
    /// Pixels become sRGB.
    Srgb,
    /// Pixels and profile stay.
    Keep,
    /// Pixels become Display P3.
    DisplayP3,
}

/// [`Light`], by what it is good for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Resize {
    /// As browsers and most servers do.
    Default,
    /// In linear light, which keeps fine bright detail and takes longer.
    Best,
}

impl OutputArguments {
    /// What holds where the recipe says nothing.
    pub fn defaults(&self) -> OutputDefaults {
        OutputDefaults {
            quality: self.quality.unwrap_or_default(),
            metadata: match self.metadata {
                Metadata::Drop => recipe::Metadata::Drop,
                Metadata::Copyright => recipe::Metadata::Copyright,
                Metadata::Keep => recipe::Metadata::Keep,
                Metadata::KeepWithLocation => recipe::Metadata::KeepWithLocation,
            },
            profile: match self.profile {
                Profile::Srgb => recipe::Profile::ToSrgb,
                Profile::Keep => recipe::Profile::Keep,
                Profile::DisplayP3 => recipe::Profile::DisplayP3,
            },
            max_bytes: self.max_bytes,
            effort: match self.effort {
                Effort::Fast => recipe::Effort::Fast,
                Effort::Small => recipe::Effort::Small,
            },
            palette: self.palette,
            lossless: self.lossless,
            choose: match self.choose {
                Choice::First => FormatChoice::First,
                Choice::Smallest => FormatChoice::Smallest,
            },
            may_grow: self.may_grow,
            light: match self.resize {
                Resize::Default => Light::Gamma,
                Resize::Best => Light::Linear,
            },
        }
    }
}

fn palette(text: &str) -> Result<PaletteColours, &'static str> {
    text.parse().ok().and_then(PaletteColours::new).ok_or("is 2 to 256")
}

fn format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| format!("`{name}` is no format"))
}
