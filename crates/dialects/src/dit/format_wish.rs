use lightmill_recipe::Format;

use super::Error;

/// A format that is asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatWish {
    /// The best of AVIF and WebP that the client names in `Accept`, else the source's.
    Auto,
    /// This one.
    Is(Format),
}

impl FormatWish {
    /// Every format that can be asked for.
    const FORMATS: [Format; 6] = [Format::Jpeg, Format::Png, Format::WebP, Format::Gif, Format::Avif, Format::Tiff];
    /// What it may be, for messages and documentation.
    pub(super) const NAMES: &'static str = "`jpg`, `jpeg`, `png`, `webp`, `gif`, `avif`, `tiff` or `auto`, in any case";

    /// Reads a name, in any case.
    pub(super) fn read(name: &str) -> Result<Self, Error> {
        if name.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let format = Format::from_name(name).filter(|format| Self::FORMATS.contains(format));
        format.map(Self::Is).ok_or_else(|| Error::OutputFormat(crate::Error::quote(name)))
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Is(format) => format.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(FormatWish::read("JPG"), Ok(FormatWish::Is(Format::Jpeg)));
        for name in ["heic", "heif", "raw", "svg", "bmp", ""] {
            assert_eq!(FormatWish::read(name), Err(Error::OutputFormat(name.to_owned())), "{name}");
        }
    }
}
