use ::gif::DisposalMethod;
use lightmill_recipe::{LimitError, Rect, Size};

use super::pixels::Pixels;
use super::writer::{Writer, sides};
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::{check_animation, milliseconds};
use crate::codecs::difference::SHORTEST_DELAY;
use crate::{Error, FrameSource};

/// A picture and the milliseconds for which it is shown.
struct Shot {
    pixels: Pixels,
    delay: u32,
}

/// Exact where colours are few enough, else dithered to 255 of them. Times are rounded to hundredths of a second. Of each
/// frame only the pixels that differ from the frame before are stored; frames that look like the one before lengthen
/// its time.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let size = frames.size();
    let (width, height) = sides(size)?;
    let animation = frames.animation();
    let loop_count = animation.map_or(1, |animation| animation.loop_count);
    let mut writer = Writer::new(width, height, loop_count, &options.cancel)?;
    let mut shown = Pixels::nothing(size);
    let mut current = next(frames, size)?.ok_or_else(|| Error::internal("a source without frames"))?;
    let mut count = 1;
    loop {
        options.cancel.check()?;
        let mut following = None;
        while animation.is_some() {
            following = next(frames, size)?;
            let Some(next) = &following else { break };
            count += 1;
            check_animation(&options.limits, size, count)?;
            if next.pixels != current.pixels || next.delay.min(current.delay) < SHORTEST_DELAY {
                break;
            }
            let Some(sum) = current.delay.checked_add(next.delay).filter(|sum| *sum <= MAX_DELAY) else { break };
            current.delay = sum;
        }
        // What is seen and then is not must be taken away by the frame that shows it.
        let vanishing = following.as_ref().map_or(Rect::whole(Size::new(0, 0)), |next| {
            current.pixels.window(&next.pixels, |current, next| current != 0 && next == 0)
        });
        let mut window = current.pixels.window(&shown, |current, shown| current != shown).hull(vanishing);
        if window.is_empty() {
            // A frame cannot be.
            window.size = Size::new(1, 1);
        }
        let dispose = if vanishing.is_empty() { DisposalMethod::Keep } else { DisposalMethod::Background };
        let hundredths = ((u64::from(current.delay) + 5) / 10).try_into().unwrap_or(u16::MAX);
        writer.add(&current.pixels, &shown, window, hundredths, dispose)?;
        LimitError::check("result_bytes", writer.len() as u64, options.limits.result_bytes)?;
        shown = current.pixels;
        if dispose == DisposalMethod::Background {
            shown.clear(window);
        }
        match following {
            Some(following) => current = following,
            None => return writer.finish(),
        }
    }
}

/// Milliseconds that a frame can be shown: the format has 16 bits for hundredths of a second.
const MAX_DELAY: u32 = 655_350;

fn next(frames: &mut dyn FrameSource, size: Size) -> Result<Option<Shot>, Error> {
    let Some(frame) = frames.next_frame()? else { return Ok(None) };
    if frame.picture.size() != size {
        return Err(Error::internal("frames of different sizes"));
    }
    Ok(Some(Shot { pixels: Pixels::of(&frame.picture)?, delay: milliseconds(frame.delay) }))
}
