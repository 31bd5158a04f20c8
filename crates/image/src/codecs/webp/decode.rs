use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use super::animation_decoder::AnimationDecoder;
use super::header::{Header, Windows};
use super::still_decoder;
use crate::codecs::boundary::{check_animation, decoding};
use crate::codecs::{DecodeOptions, Scale};
use crate::colour::finish;
use crate::{Animation, Cancel, Error, Frame, FrameSource, Layout, Picture, Still};

/// RGB, or RGBA where [`Header::alpha`] says that a pixel may be transparent.
pub(in crate::codecs) fn decode(bytes: &Bytes, options: &DecodeOptions) -> Result<Box<dyn FrameSource + Send>, Error> {
    let header = Header::read(bytes)?;
    let size = header.size()?;
    options.limits.check_source(size)?;
    if options.scale != Scale::Full {
        return Err(Error::internal("a WebP decoder cannot scale"));
    }
    let layout = if header.alpha { Layout::Rgba } else { Layout::Rgb };
    if !header.animated {
        let data = still_decoder::decode(bytes, size, layout, &options.cancel)?;
        let picture = Picture::interleaved(size, layout, data)?;
        let picture = finish(picture, header.icc.as_ref(), options.to_srgb, &options.cancel)?;
        return Ok(Box::new(Still::new(picture)));
    }
    let count = header.frames.min(options.frames);
    check_animation(&options.limits, size, count)?;
    Ok(Box::new(Frames {
        decoder: AnimationDecoder::open(whole_frames(bytes, &header), size)?,
        windows: Windows::new(bytes.clone()),
        canvas: Picture::blank(size, layout),
        size,
        animation: (count > 1).then_some(Animation { loop_count: header.loop_count }),
        left: count,
        given: 0,
        icc: header.icc,
        to_srgb: options.to_srgb,
        cancel: options.cancel.clone(),
    }))
}

/// The file up to its last whole frame, with a container length that says so: libwebp refuses animations that are cut
/// off.
fn whole_frames(bytes: &Bytes, header: &Header<'_>) -> Bytes {
    let stated = bytes.get(4..8).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    if stated + 8 <= bytes.len() {
        return bytes.clone();
    }
    let mut whole = bytes[..header.end].to_vec();
    let length = (whole.len() as u32).saturating_sub(8).to_le_bytes();
    whole[4..8].copy_from_slice(&length);
    whole.into()
}

struct Frames {
    decoder: AnimationDecoder,
    windows: Windows,
    /// The frame before, as it was decoded.
    canvas: Picture,
    size: Size,
    animation: Option<Animation>,
    left: u32,
    given: u32,
    icc: Option<Arc<[u8]>>,
    to_srgb: bool,
    cancel: Cancel,
}

impl FrameSource for Frames {
    fn size(&self) -> Size {
        self.size
    }

    fn animation(&self) -> Option<Animation> {
        self.animation
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        self.cancel.check()?;
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let (canvas, delay) = match decoding(Format::WebP, || self.decoder.next()) {
            Ok(Some(frame)) => frame,
            // A damaged frame ends the animation; what came before it is good.
            Ok(None) | Err(Error::Corrupt { .. }) if self.given > 0 => return Ok(None),
            Ok(None) => return Err(Error::corrupt(Format::WebP, "an animation without frames")),
            Err(error) => return Err(error),
        };
        let whole = Rect::whole(self.size);
        let changed = match self.windows.next() {
            Some(window) if self.given > 0 => window.intersection(whole),
            _ => whole,
        };
        copy(canvas, &mut self.canvas, changed);
        let changed = (self.given > 0).then_some(changed);
        self.given += 1;
        let picture = finish(self.canvas.clone(), self.icc.as_ref(), self.to_srgb, &self.cancel)?;
        let delay = if self.animation.is_some() { Duration::from_millis(delay.into()) } else { Duration::ZERO };
        Ok(Some(Frame { picture, delay, changed }))
    }
}

/// Copies `window` of a canvas in RGBA to `picture`, which is RGB or RGBA.
fn copy(rgba: &[u8], picture: &mut Picture, window: Rect) {
    let (width, alpha) = (picture.size().width as usize, picture.layout().has_alpha());
    let columns = window.x as usize..(window.x + window.size.width) as usize;
    for y in window.y..window.y + window.size.height {
        let from = &rgba.as_chunks::<4>().0[y as usize * width..][columns.clone()];
        let to = picture.row_mut(y);
        if alpha {
            to[columns.start * 4..columns.end * 4].copy_from_slice(from.as_flattened());
        } else {
            let to = &mut to.as_chunks_mut::<3>().0[columns.clone()];
            to.iter_mut().zip(from).for_each(|(to, [r, g, b, _])| *to = [*r, *g, *b]);
        }
    }
}
