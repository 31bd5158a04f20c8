use crate::colour::SourceSpace;
use crate::{Cancel, Error, Layout, Picture};

/// Grey with alpha, which no layout holds, as sRGB of [`Layout::Rgba`] or [`Layout::Rgba16`]. A space of grey is
/// applied here, whatever was asked for: it would say nothing about red, green and blue.
///
/// `alpha` holds the bytes of one sample for each pixel of `grey`, which is [`Layout::Grey`] or [`Layout::Grey16`].
pub(super) fn join(grey: Picture, alpha: &[u8], space: &SourceSpace, cancel: &Cancel) -> Result<Picture, Error> {
    let (size, layout) = (grey.size(), grey.layout());
    let grey = space.finish(grey, true, cancel)?;
    let rows = || (0..size.height).flat_map(|y| grey.row(y));
    if layout.is_wide() {
        let greys: Vec<u8> = rows().copied().collect();
        let pixels = greys.as_chunks::<2>().0.iter().zip(alpha.as_chunks::<2>().0);
        let data = pixels.flat_map(|(v, alpha)| [*v, *v, *v, *alpha]).flatten().collect();
        return Picture::interleaved(size, Layout::Rgba16, data);
    }
    let data = rows().zip(alpha).flat_map(|(v, alpha)| [*v, *v, *v, *alpha]).collect();
    Picture::interleaved(size, Layout::Rgba, data)
}
