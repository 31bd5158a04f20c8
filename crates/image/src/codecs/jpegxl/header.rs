use jxl_bitstream::Bitstream;
use jxl_oxide::ImageHeader;
use jxl_oxide::color::{ColourEncoding, ColourSpace, TransferFunction};
use jxl_oxide::image::{BitDepth, ExtraChannelInfo, ExtraChannelType};
use jxl_oxide_common::Bundle;
use lightmill_recipe::{Format, Size};

use crate::Error;
use crate::colour::SourceSpace;

/// Bytes of a compressed ICC profile at most. The format allows 256 MiB, which a few bytes can claim.
const MAX_PROFILE: u64 = 4 << 20;

/// What comes before the first frame.
#[derive(Debug)]
pub(super) struct Header {
    image: ImageHeader,
}

impl Header {
    /// Reads it without reading a profile.
    pub fn read(codestream: &[u8]) -> Result<Self, Error> {
        let corrupt = |error: &dyn std::fmt::Display| Error::corrupt(Format::JpegXl, error);
        let mut bits = Bitstream::new(codestream);
        let image = ImageHeader::parse(&mut bits, ()).map_err(|error| corrupt(&error))?;
        if image.metadata.colour_encoding.want_icc() && bits.read_u64().map_err(|error| corrupt(&error))? > MAX_PROFILE
        {
            return Err(Error::unsupported("JPEG XL with a profile of more than 4 MiB"));
        }
        let header = Self { image };
        let size = header.size();
        if size.width == 0 || size.height == 0 {
            return Err(corrupt(&"impossible size"));
        }
        if header.is_cmyk() { Err(Error::unsupported("CMYK JPEG XL")) } else { Ok(header) }
    }

    /// As seen: the decoder applies the orientation itself.
    pub fn size(&self) -> Size {
        Size::new(self.image.width_with_orientation(), self.image.height_with_orientation())
    }

    /// Whether there are frames that are shown one after the other.
    pub fn is_animated(&self) -> bool {
        self.image.metadata.animation.is_some()
    }

    /// Times that an animation is shown; 0 is for ever.
    pub fn loop_count(&self) -> u32 {
        self.image.metadata.animation.as_ref().map_or(0, |animation| animation.num_loops)
    }

    /// Seconds of a tick.
    pub fn tick(&self) -> f64 {
        let animation = self.image.metadata.animation.as_ref();
        animation.map_or(0.0, |a| f64::from(a.tps_denominator) / f64::from(a.tps_numerator.max(1)))
    }

    /// `None` without alpha, else whether colours have been multiplied by it.
    pub fn alpha(&self) -> Option<bool> {
        self.image.metadata.ec_info.iter().find_map(ExtraChannelInfo::alpha_associated)
    }

    pub fn is_grey(&self) -> bool {
        self.image.metadata.grayscale()
    }

    fn is_cmyk(&self) -> bool {
        let metadata = &self.image.metadata;
        metadata.ec_info.iter().any(|channel| matches!(channel.ty, ExtraChannelType::Black))
    }

    /// Of a sample.
    pub fn bits(&self) -> u8 {
        match self.image.metadata.bit_depth {
            BitDepth::IntegerSample { bits_per_sample } | BitDepth::FloatSample { bits_per_sample, .. } => {
                bits_per_sample as u8
            }
        }
    }

    /// The space of high dynamic range that the decoder's samples are in, if it is one with code points.
    pub fn high_dynamic_range(&self) -> Option<SourceSpace> {
        let ColourEncoding::Enum(encoding) = &self.image.metadata.colour_encoding else { return None };
        let space = SourceSpace::from_cicp(encoding.cicp()?, self.is_grey())?;
        space.is_high_dynamic_range().then_some(space)
    }

    /// How the decoder's samples become sRGB.
    pub fn colours(&self) -> Colours {
        let metadata = &self.image.metadata;
        match &metadata.colour_encoding {
            ColourEncoding::IccProfile(_) if metadata.xyb_encoded => Colours::Srgb,
            ColourEncoding::IccProfile(_) => Colours::Embedded,
            ColourEncoding::Enum(_) if self.high_dynamic_range().is_some() => Colours::HighDynamicRange,
            ColourEncoding::Enum(encoding) => match encoding.tf {
                TransferFunction::Pq | TransferFunction::Hlg => Colours::Srgb,
                _ if encoding.colour_space == ColourSpace::Xyb => Colours::Srgb,
                _ => Colours::Stated,
            },
        }
    }
}

/// How a decoder's samples become sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    /// By the decoder, always: profiles of which the coded samples are independent, and high dynamic range of primaries
    /// that have no code point (which is tone-mapped).
    Srgb,
    /// By us, always: tone-mapped as it is in every other format.
    HighDynamicRange,
    /// By the decoder, or not at all: a profile says what they are.
    Stated,
    /// By us, through the embedded profile.
    Embedded,
}
