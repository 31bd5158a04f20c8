use std::time::Duration;

use ::gif::{DisposalMethod, Encoder, EncodingError, Frame as GifFrame, Repeat};
use lightmill_recipe::{LimitError, Rect, Size};

use super::quantise::quantise;
use crate::codecs::EncodeOptions;
use crate::{Error, FrameSource, Layout, Picture};

/// Pixels of at least this alpha are opaque.
const OPAQUE: u8 = 128;

/// The pixels of a frame; `None` is transparent.
type Pixels = Vec<Option<[u8; 3]>>;

/// A palette for each frame, exact where the colours are few enough. Times are rounded to hundredths of a second; of
/// each frame only the rectangle that differs from the frame before is stored, unless something must become transparent.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let size = frames.size();
    let side = |side: u32| {
        u16::try_from(side).map_err(|_| Error::Unsuitable("a GIF has at most 65535 pixels a side".to_owned()))
    };
    let mut output = Vec::new();
    let mut encoder = Encoder::new(&mut output, side(size.width)?, side(size.height)?, &[]).map_err(failed)?;
    match frames.animation().map(|animation| animation.loop_count) {
        // Shown once is what a file without the extension means; the extension counts the repetitions.
        None | Some(1) => {}
        Some(0) => encoder.set_repeat(Repeat::Infinite).map_err(failed)?,
        Some(n) => encoder.set_repeat(Repeat::Finite((n - 1).min(u16::MAX.into()) as u16)).map_err(failed)?,
    }
    let still = frames.animation().is_none();
    let mut before: Option<Pixels> = None;
    let mut current = next(frames, size)?.ok_or_else(|| Error::internal("a source without frames"))?;
    loop {
        options.cancel.check()?;
        let following = if still { None } else { next(frames, size)? };
        let vanish = following.as_ref().is_some_and(|(next, _)| vanishes(&current.0, next));
        let window = match &before {
            Some(before) if !vanish => changed(before, &current.0, size),
            _ => Rect::whole(size),
        };
        let dispose = if vanish { DisposalMethod::Background } else { DisposalMethod::Keep };
        let frame = frame(&current.0, size, window, current.1, dispose);
        encoder.write_frame(&frame).map_err(failed)?;
        LimitError::check("result_bytes", encoder.get_ref().len() as u64, options.limits.result_bytes)?;
        before = (!vanish).then_some(current.0);
        match following {
            Some(following) => current = following,
            None => break,
        }
    }
    drop(encoder);
    Ok(output)
}

#[allow(clippy::needless_pass_by_value)] // The signature that `map_err` takes.
fn failed(error: EncodingError) -> Error {
    Error::internal(error)
}

/// Pixels and hundredths of a second of the next frame.
fn next(frames: &mut dyn FrameSource, size: Size) -> Result<Option<(Pixels, u16)>, Error> {
    let Some(frame) = frames.next_frame()? else { return Ok(None) };
    if frame.picture.size() != size {
        return Err(Error::internal("frames of different sizes"));
    }
    Ok(Some((pixels(&frame.picture)?, hundredths(frame.delay))))
}

fn hundredths(delay: Duration) -> u16 {
    ((delay.as_millis() + 5) / 10).try_into().unwrap_or(u16::MAX)
}

fn pixels(picture: &Picture) -> Result<Pixels, Error> {
    let rows = (0..picture.size().height).map(|y| picture.row(y));
    Ok(match picture.layout() {
        Layout::Grey => rows.flatten().map(|v| Some([*v; 3])).collect(),
        Layout::Rgb => rows.flat_map(|row| row.chunks_exact(3).map(|p| Some([p[0], p[1], p[2]]))).collect(),
        Layout::Rgba => {
            rows.flat_map(|row| row.chunks_exact(4).map(|p| (p[3] >= OPAQUE).then_some([p[0], p[1], p[2]]))).collect()
        }
        other => return Err(Error::internal(format!("a GIF cannot hold {other:?}"))),
    })
}

/// Whether a pixel that is seen in `current` is transparent in `next`.
fn vanishes(current: &Pixels, next: &Pixels) -> bool {
    current.iter().zip(next).any(|(current, next)| current.is_some() && next.is_none())
}

/// The smallest rectangle that holds every difference; one pixel if there is none, as a frame cannot be empty.
fn changed(before: &Pixels, current: &Pixels, size: Size) -> Rect {
    let width = size.width as usize;
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    for (y, (before, current)) in before.chunks_exact(width).zip(current.chunks_exact(width)).enumerate() {
        let mut different = before.iter().zip(current).enumerate().filter(|(_, (a, b))| a != b).map(|(x, _)| x);
        if let Some(first) = different.next() {
            left = left.min(first);
            right = right.max(different.next_back().unwrap_or(first));
            top = top.min(y);
            bottom = y;
        }
    }
    if top == usize::MAX {
        return Rect { x: 0, y: 0, size: Size::new(1, 1) };
    }
    let size = Size::new((right - left + 1) as u32, (bottom - top + 1) as u32);
    Rect { x: left as u32, y: top as u32, size }
}

fn frame(pixels: &Pixels, size: Size, window: Rect, delay: u16, dispose: DisposalMethod) -> GifFrame<'static> {
    let (x, width) = (window.x as usize, window.size.width as usize);
    let rows = pixels.chunks_exact(size.width as usize).skip(window.y as usize).take(window.size.height as usize);
    let part: Pixels = rows.flat_map(|row| row[x..x + width].iter().copied()).collect();
    let indexed = quantise(&part);
    // All sides are at most 65535, as the file's own are.
    GifFrame {
        delay,
        dispose,
        transparent: indexed.transparent,
        left: window.x as u16,
        top: window.y as u16,
        width: window.size.width as u16,
        height: window.size.height as u16,
        palette: Some(indexed.palette),
        buffer: indexed.indices.into(),
        ..GifFrame::default()
    }
}
