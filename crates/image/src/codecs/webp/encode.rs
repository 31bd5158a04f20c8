use std::borrow::Cow;
use std::sync::Arc;

use super::animation_encoder::AnimationEncoder;
use super::still_encoder;
use crate::codecs::EncodeOptions;
use crate::codecs::boundary::{first_frame, milliseconds};
use crate::{Error, FrameSource, Layout, Picture};

/// Lossy, 4:2:0; animations keep times and loop count. The profile of the (first) picture is embedded.
pub(in crate::codecs) fn encode(frames: &mut dyn FrameSource, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
    let Some(animation) = frames.animation() else {
        let picture = first_frame(frames)?.picture;
        let file = still_encoder::encode(&picture, options)?;
        return Ok(with_profile(file, picture.icc.as_ref(), picture.size().width, picture.size().height));
    };
    let mut encoder = AnimationEncoder::new(frames.size(), animation, options)?;
    let mut icc = None;
    let mut time = 0;
    while let Some(frame) = frames.next_frame()? {
        options.cancel.check()?;
        if frame.picture.size() != frames.size() {
            return Err(Error::internal("frames of different sizes"));
        }
        let delay = milliseconds(frame.delay);
        time += u64::from(delay);
        if i32::try_from(time).is_err() {
            return Err(Error::Unsuitable("a WebP animation lasts at most 24 days".to_owned()));
        }
        encoder.add(&*interleaved(&frame.picture)?, delay, options)?;
        icc = icc.or(frame.picture.icc);
    }
    Ok(with_profile(encoder.finish(options)?, icc.as_ref(), frames.size().width, frames.size().height))
}

/// Grey as RGB: the encoder of animations takes nothing else.
fn interleaved(picture: &Picture) -> Result<Cow<'_, Picture>, Error> {
    if picture.layout() != Layout::Grey {
        return Ok(Cow::Borrowed(picture));
    }
    let rows = 0..picture.size().height;
    let data = rows.flat_map(|y| picture.row(y).iter().flat_map(|v| [*v; 3])).collect();
    Picture::interleaved(picture.size(), Layout::Rgb, data).map(Cow::Owned)
}

/// `file` in the extended format with an `ICCP` chunk before everything else (RFC 9649, section 2.7).
fn with_profile(file: Vec<u8>, icc: Option<&Arc<[u8]>>, width: u32, height: u32) -> Vec<u8> {
    const HAS_PROFILE: u8 = 0x20;
    const HAS_ALPHA: u8 = 0x10;
    let Some(icc) = icc else { return file };
    let extended = file.get(12..16) == Some(b"VP8X");
    // An extended file keeps its flags; a simple one has no alpha unless its lossless header says so.
    let (flags, chunks) = if extended {
        (file[20], &file[30..])
    } else {
        let alpha = file.get(12..16) == Some(b"VP8L") && file.get(24).is_some_and(|byte| byte >> 4 & 1 == 1);
        (if alpha { HAS_ALPHA } else { 0 }, &file[12..])
    };
    let mut result = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0".to_vec();
    result.extend([flags | HAS_PROFILE, 0, 0, 0]);
    result.extend(&(width - 1).to_le_bytes()[..3]);
    result.extend(&(height - 1).to_le_bytes()[..3]);
    result.extend(b"ICCP");
    result.extend((icc.len() as u32).to_le_bytes());
    result.extend(&**icc);
    if icc.len() % 2 == 1 {
        result.push(0);
    }
    result.extend(chunks);
    let length = (result.len() as u32 - 8).to_le_bytes();
    result[4..8].copy_from_slice(&length);
    result
}
