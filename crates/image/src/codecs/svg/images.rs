use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use lightmill_recipe::{Effort, Format};
use resvg::usvg::{ImageHrefResolver, ImageKind};

use crate::codecs::{DecodeOptions, EncodeOptions, Scale, decode, encode, probe, recognise};
use crate::{Error, FileMetadata, Layout, Picture, Still};

/// Pictures inside of a document: only `data:` URLs of raster formats, and not more pixels of all together than one
/// source may have. Anything else is left out of the picture.
pub(super) fn resolver(options: &DecodeOptions) -> ImageHrefResolver<'_> {
    let left = AtomicU64::new(options.limits.source_pixels.0);
    ImageHrefResolver {
        resolve_data: Box::new(move |_, data, _| {
            // The media type is not believed: bytes tell the format.
            let data = Bytes::from_owner(Shared(data));
            let format = recognise(&data).filter(|format| *format != Format::Svg && options.formats.reads(*format))?;
            let pixels = probe(format, &data).ok()?.size.pixels().0;
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(pixels)).ok()?;
            let png = as_png(format, &data, options).ok()?;
            Some(ImageKind::PNG(Arc::new(png)))
        }),
        resolve_string: Box::new(|_, _| None),
    }
}

/// Memory shared with the parser.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The picture in sRGB as a PNG, the one raster format that the renderer is given: every other is decoded by us, within
/// our limits.
fn as_png(format: Format, data: &Bytes, options: &DecodeOptions) -> Result<Vec<u8>, Error> {
    let options = DecodeOptions {
        scale: Scale::Full,
        region: None,
        planes: false,
        wide: false,
        frames: 1,
        to_srgb: true,
        ..options.clone()
    };
    let mut source = decode(format, data, &options)?;
    let picture = source.next_frame()?.ok_or_else(|| Error::internal("a source without frames"))?.picture;
    let encoding = EncodeOptions {
        quality: 100,
        lossless: true,
        progressive: false,
        palette: None,
        effort: Effort::Fast,
        metadata: FileMetadata::default(),
        limits: options.limits.clone(),
        cancel: options.cancel.clone(),
    };
    encode(Format::Png, &mut Still::new(without_grey(picture)?), &encoding)
}

/// The renderer's decoder takes RGB and RGBA.
fn without_grey(picture: Picture) -> Result<Picture, Error> {
    if picture.layout() != Layout::Grey {
        return Ok(picture);
    }
    let data = (0..picture.size().height).flat_map(|y| picture.row(y)).flat_map(|v| [*v; 3]).collect();
    Picture::interleaved(picture.size(), Layout::Rgb, data)
}
