use std::sync::Arc;

use lightmill_recipe::{Format, Size};
use mozjpeg_sys::J_COLOR_SPACE;

use super::decompressor::Decompressor;
use super::header::Header;
use super::reduced;
use crate::codecs::{DecodeOptions, Scale};
use crate::colour::{cmyk_to_rgb, finish, needs_conversion};
use crate::{Error, FrameSource, Layout, Picture, SourceColour, Still};

/// Decodes at the scale asked for: as planes if they are welcome and no colour needs converting, else as grey or RGB.
pub(in crate::codecs) fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
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
    let planes = match colour {
        SourceColour::Grey => true,
        SourceColour::YCbCr(subsampling) => planes_do(options, header.icc.as_ref(), Layout::YCbCr(subsampling)),
        _ => false,
    };
    if planes && let Some(picture) = reduced::decode(bytes, eighths, options)? {
        let picture = if picture.layout() == Layout::Grey {
            finish(picture, header.icc.as_ref(), options.to_srgb, &options.cancel)?
        } else {
            with_profile(picture, header.icc)
        };
        return Ok(Box::new(Still::new(picture)));
    }
    let mut jpeg = Decompressor::open(bytes, options.limits.memory_bytes, &options.cancel)?;
    let picture = match colour {
        SourceColour::Grey => {
            let size = start(&mut jpeg, size, eighths, J_COLOR_SPACE::JCS_GRAYSCALE, false)?;
            Picture::interleaved(size, Layout::Grey, jpeg.rows(1)?)?
        }
        SourceColour::YCbCr(_) if planes => {
            let size = start(&mut jpeg, size, eighths, J_COLOR_SPACE::JCS_YCbCr, true)?;
            let (subsampling, planes) = jpeg.planes()?;
            let picture = with_profile(Picture::planar(size, subsampling, planes)?, header.icc);
            return Ok(Box::new(Still::new(picture)));
        }
        SourceColour::Cmyk => {
            let size = start(&mut jpeg, size, eighths, J_COLOR_SPACE::JCS_CMYK, false)?;
            let mut inks = jpeg.rows(4)?;
            if header.inverted_inks() {
                for ink in &mut inks {
                    *ink = 255 - *ink;
                }
            }
            let picture = cmyk_to_rgb(&inks, size, header.icc.as_deref(), &options.cancel)?;
            return Ok(Box::new(Still::new(picture)));
        }
        SourceColour::Rgb | SourceColour::YCbCr(_) | SourceColour::YCbCrOther => {
            let size = start(&mut jpeg, size, eighths, J_COLOR_SPACE::JCS_RGB, false)?;
            Picture::interleaved(size, Layout::Rgb, jpeg.rows(3)?)?
        }
    };
    drop(jpeg);
    let picture = finish(picture, header.icc.as_ref(), options.to_srgb, &options.cancel)?;
    Ok(Box::new(Still::new(picture)))
}

/// Whether the stored planes are what the caller wants.
fn planes_do(options: &DecodeOptions, icc: Option<&Arc<[u8]>>, layout: Layout) -> bool {
    options.planes && !(options.to_srgb && icc.is_some_and(|icc| needs_conversion(icc, layout)))
}

/// Planes of which nothing is to be converted: either the profile is sRGB or it stays with the samples.
fn with_profile(picture: Picture, icc: Option<Arc<[u8]>>) -> Picture {
    picture.with_icc(icc.filter(|icc| needs_conversion(icc, Layout::Rgb)))
}

/// Starts the output, whose size must be the one that our own reading of the header promises.
fn start(
    jpeg: &mut Decompressor<'_>,
    size: Size,
    eighths: u8,
    colour: J_COLOR_SPACE,
    raw: bool,
) -> Result<Size, Error> {
    let scaled = |side: u32| (side * u32::from(eighths)).div_ceil(8);
    let expected = Size::new(scaled(size.width), scaled(size.height));
    let given = jpeg.start(eighths, colour, raw)?;
    if given == expected {
        Ok(given)
    } else {
        Err(Error::corrupt(Format::Jpeg, format_args!("two frame headers: {expected} and {given}")))
    }
}
