use bytes::Bytes;
use lightmill_recipe::{Format, LimitError, Rect};

use super::library;
use crate::codecs::isobmff::{Still as Item, space};
use crate::codecs::{DecodeOptions, Scale};
use crate::{Error, FrameSource, Layout, Still, ops};

/// The primary item as RGB, or RGBA if it has alpha, of 8 bits.
///
/// PQ and HLG become sRGB whatever [`DecodeOptions::to_srgb`] says. libheif cannot be interrupted.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    if options.scale != Scale::Full {
        return Err(Error::internal("a HEIC decoder cannot scale"));
    }
    let item = Item::read(Format::Heic, bytes)?;
    let size = item.colour.size;
    options.limits.check_source(size)?;
    item.check_codec(*b"hvc1")?;
    let layout = if item.alpha.is_some() { Layout::Rgba } else { Layout::Rgb };
    // libheif's own planes of up to 16 bits, and the result.
    let memory = size.pixels().0 * 8 + layout.bytes(size);
    LimitError::check("memory_bytes", memory, options.limits.memory_bytes)?;
    let mut picture = library::decode(bytes, size, layout)?;
    options.cancel.check()?;
    if item.premultiplied {
        ops::unmultiply(&mut picture);
    }
    if item.window != Rect::whole(size) {
        picture = ops::crop(picture, item.window)?;
    }
    let picture =
        space(item.icc.map(Into::into), item.nclx, false).finish(picture, options.to_srgb, &options.cancel)?;
    Ok(Box::new(Still::new(picture)))
}
