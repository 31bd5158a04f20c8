use lightmill_recipe::{
    Colour, DefaultQuality, Effort, Format, Metadata, PaletteColours, PictureOutput, Profile, Quality, QualityRule,
};

/// What a request says about its result's encoding, with sharp's defaults.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Encoding {
    /// The format; `None` is `preferred`, else the source's.
    pub format: Option<Format>,
    /// Formats that the client may get, best first.
    pub preferred: Vec<Format>,
    /// 1 to 100.
    pub quality: Option<u8>,
    pub lossless: bool,
    pub progressive: Option<bool>,
    pub palette: Option<PaletteColours>,
    pub effort: Effort,
    pub metadata: Option<Metadata>,
}

impl Encoding {
    /// A quality asks for a palette where a PNG is made: of the object of this key, if no format is asked for.
    pub fn quality_as_palette(mut self, key: &str) -> Self {
        let own = key.rsplit_once('.').and_then(|(_, extension)| Format::from_name(extension));
        let format = self.format.or(self.preferred.first().copied()).or(own);
        if format == Some(Format::Png) && self.quality.is_some() && self.palette.is_none() {
            self.palette = Some(PaletteColours::MOST);
        }
        self
    }

    /// The output: quality 80 (AVIF 50), and black behind what a format without transparency cannot hold.
    pub fn output(self) -> PictureOutput {
        let default = DefaultQuality { jpeg: 80, webp: 80, avif: 50 };
        PictureOutput {
            format: self.format,
            preferred: if self.format.is_some() { Vec::new() } else { self.preferred },
            quality: Quality { rule: self.quality.map_or(QualityRule::Default, QualityRule::Absolute), default },
            lossless: self.lossless,
            progressive: self.progressive,
            palette: self.palette,
            effort: self.effort,
            matte: Colour::BLACK,
            profile: Profile::ToSrgb,
            metadata: self.metadata,
            ..PictureOutput::default()
        }
    }
}
