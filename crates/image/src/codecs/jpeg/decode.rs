use std::sync::Arc;

use lightmill_recipe::{Format, Size};
use mozjpeg_sys::J_COLOR_SPACE;

use super::decompressor::Decompressor;
use super::header::Header;
use super::reduced;
use crate::codecs::{DecodeOptions, Scale};
use crate::colour::{cmyk_to_rgb, finish, needs_conversion};
use crate::rows::{Collect, Rows};
use crate::{Error, FrameSource, Layout, SourceColour, Still};

/// Decodes at the scale asked for: as planes if they are welcome and no colour needs converting, else as grey or RGB.
pub(in crate::codecs) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let source = Source::new(bytes, options)?;
    let mut all = Collect::default();
    source.read(&mut all)?;
    let picture = all.picture()?;
    let header = &source.header;
    let picture = match picture.layout() {
        Layout::YCbCr(_) => picture.with_icc(source.profile(Layout::Rgb)),
        Layout::Rgba => {
            let size = picture.size();
            let mut inks = picture.into_planes().swap_remove(0).data;
            if header.inverted_inks() {
                for ink in &mut inks {
                    *ink = 255 - *ink;
                }
            }
            cmyk_to_rgb(&inks, size, header.icc.as_deref(), &options.cancel)?
        }
        _ => finish(picture, header.icc.as_ref(), options.to_srgb, &options.cancel)?,
    };
    Ok(Box::new(Still::new(picture)))
}

/// As [`decode`], but rows are given to `rows` as they come. Gives the profile of their colours, which must not be asked
/// to be converted.
pub(in crate::codecs) fn decode_rows(
    bytes: &[u8],
    options: &DecodeOptions,
    rows: &mut dyn Rows,
) -> Result<Option<Arc<[u8]>>, Error> {
    let source = Source::new(bytes, options)?;
    let layout = match source.colour {
        SourceColour::Grey => Layout::Grey,
        _ => Layout::Rgb,
    };
    let profile = source.profile(layout);
    if source.colour == SourceColour::Cmyk || (options.to_srgb && profile.is_some()) {
        return Err(Error::internal("rows whose colours need converting"));
    }
    source.read(rows)?;
    Ok(profile)
}

/// A file whose header was read.
struct Source<'a> {
    bytes: &'a [u8],
    options: &'a DecodeOptions,
    header: Header<'a>,
    size: Size,
    colour: SourceColour,
    eighths: u8,
}

impl<'a> Source<'a> {
    fn new(bytes: &'a [u8], options: &'a DecodeOptions) -> Result<Self, Error> {
        let header = Header::read(bytes)?;
        let size = header.size()?;
        options.limits.check_source(size)?;
        header.check_supported()?;
        let eighths = match options.scale {
            Scale::Full => 8,
            Scale::Eighths(n @ 1..=8) => n,
            other => return Err(Error::internal(format!("a JPEG decoder cannot scale by {other:?}"))),
        };
        let colour = header.colour()?;
        Ok(Self { bytes, options, header, size, colour, eighths })
    }

    /// The profile, if samples of `layout` that have it differ from sRGB.
    fn profile(&self, layout: Layout) -> Option<Arc<[u8]>> {
        self.header.icc.clone().filter(|icc| needs_conversion(icc, layout))
    }

    /// Whether grey or Y'CbCr as it is stored is what the caller wants.
    fn stored_planes_do(&self) -> bool {
        match self.colour {
            SourceColour::Grey => true,
            SourceColour::YCbCr(_) => {
                self.options.planes && !(self.options.to_srgb && self.profile(Layout::Rgb).is_some())
            }
            _ => false,
        }
    }

    /// Rows of grey, Y'CbCr or RGB; the four inks of CMYK as if they were the channels of RGBA.
    fn read(&self, rows: &mut dyn Rows) -> Result<(), Error> {
        let planes = self.stored_planes_do();
        if planes && reduced::decode(self.bytes, self.eighths, self.options, rows)? {
            return Ok(());
        }
        let mut jpeg = Decompressor::open(self.bytes, self.options.limits.memory_bytes, &self.options.cancel)?;
        let region = self.options.region;
        match self.colour {
            SourceColour::YCbCr(_) if planes => {
                self.start(&mut jpeg, J_COLOR_SPACE::JCS_YCbCr, true)?;
                jpeg.planes(region, rows)
            }
            SourceColour::Grey => {
                self.start(&mut jpeg, J_COLOR_SPACE::JCS_GRAYSCALE, false)?;
                jpeg.rows(Layout::Grey, region, rows)
            }
            SourceColour::Cmyk => {
                self.start(&mut jpeg, J_COLOR_SPACE::JCS_CMYK, false)?;
                jpeg.rows(Layout::Rgba, region, rows)
            }
            SourceColour::Rgb | SourceColour::YCbCr(_) | SourceColour::YCbCrOther => {
                self.start(&mut jpeg, J_COLOR_SPACE::JCS_RGB, false)?;
                jpeg.rows(Layout::Rgb, region, rows)
            }
        }
    }

    /// Starts the output, whose size must be the one that our own reading of the header promises.
    fn start(&self, jpeg: &mut Decompressor<'_>, colour: J_COLOR_SPACE, raw: bool) -> Result<(), Error> {
        let scaled = |side: u32| (side * u32::from(self.eighths)).div_ceil(8);
        let expected = Size::new(scaled(self.size.width), scaled(self.size.height));
        let given = jpeg.start(self.eighths, colour, raw)?;
        if given == expected {
            Ok(())
        } else {
            Err(Error::corrupt(Format::Jpeg, format_args!("two frame headers: {expected} and {given}")))
        }
    }
}
