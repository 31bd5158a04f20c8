use bytes::Bytes;
use lightmill_recipe::Format;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::{budget, cost, document, images, size};
use crate::codecs::{DecodeOptions, Scale};
use crate::{Error, FrameSource, Layout, Picture, Still};

/// Draws the document at its own size or, with [`Scale::To`], at the size asked for; RGBA.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let text = document::text(bytes)?;
    let document = document::parse(&text)?;
    let target = match options.scale {
        Scale::Full => size::intrinsic(document.root_element())?,
        Scale::To(size) => size,
        other @ Scale::Eighths(_) => return Err(Error::internal(format!("an SVG is not scaled by {other:?}"))),
    };
    options.limits.check_source(target)?;
    budget::check(&document)?;
    options.cancel.check()?;
    let settings = Options {
        image_href_resolver: images::resolver(options),
        fontdb: options.fonts.database(),
        ..Options::default()
    };
    let tree = Tree::from_xmltree(&document, &settings).map_err(|error| Error::corrupt(Format::Svg, error))?;
    options.cancel.check()?;
    cost::check(&tree, target)?;
    let mut canvas =
        Pixmap::new(target.width, target.height).ok_or_else(|| Error::corrupt(Format::Svg, "impossible size"))?;
    let scale_x = target.width as f32 / tree.size().width();
    let scale_y = target.height as f32 / tree.size().height();
    resvg::render(&tree, Transform::from_scale(scale_x, scale_y), &mut canvas.as_mut());
    options.cancel.check()?;
    let picture = Picture::interleaved(target, Layout::Rgba, canvas.take_demultiplied())?;
    Ok(Box::new(Still::new(picture)))
}
