use super::header::{Header, chunk};
use crate::codecs::strip::Kept;

/// `VP8X` flags (RFC 9649, section 2.7.1).
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;
const HAS_ANIMATION: u8 = 0x02;

/// Bytes of an `ANMF` chunk before the chunks of its picture (RFC 9649, section 2.7.1.1).
const FRAME_HEADER: usize = 16;

/// The chunks of the picture or of the frames, of the animation, and of the profile where that stays; a simple file stays
/// simple if nothing else is put in.
pub(in crate::codecs) fn strip(file: &[u8], kept: &Kept<'_>) -> Option<Vec<u8>> {
    let header = Header::read(file).ok()?;
    let (mut chunks, mut profile, mut pictures) = (Vec::with_capacity(file.len()), None, 0);
    let mut extended = false;
    let mut at = 12;
    while let Some((name, body, whole)) = chunk(file, at).filter(|(name, _, whole)| *whole || is_picture(**name)) {
        match name {
            b"VP8X" => extended = true,
            b"ICCP" if kept.profile && profile.is_none() => profile = Some(body),
            b"ANIM" | b"ALPH" => push(&mut chunks, *name, &[body]),
            b"ANMF" => {
                push(&mut chunks, *name, &[body.get(..FRAME_HEADER)?, &frame(&body[FRAME_HEADER..])]);
                pictures += 1;
            }
            b"VP8 " | b"VP8L" => {
                push(&mut chunks, *name, &[body]);
                pictures += 1;
            }
            _ => {}
        }
        if !whole {
            break;
        }
        at += 8 + body.len().next_multiple_of(2);
    }
    if pictures == 0 {
        return None;
    }
    let flags = [
        (profile.is_some(), HAS_PROFILE),
        (header.alpha, HAS_ALPHA),
        (kept.metadata.exif.is_some(), HAS_EXIF),
        (kept.metadata.xmp.is_some(), HAS_XMP),
        (header.animated, HAS_ANIMATION),
    ];
    let flags = flags.iter().filter(|(on, _)| *on).fold(0, |flags, (_, flag)| flags | flag);
    let mut result = b"RIFF\0\0\0\0WEBP".to_vec();
    if extended || flags & !HAS_ALPHA != 0 {
        let size = header.size?;
        let side = |side: u32| (side - 1).to_le_bytes();
        push(&mut result, *b"VP8X", &[&[flags, 0, 0, 0], &side(size.width)[..3], &side(size.height)[..3]]);
    }
    if let Some(profile) = profile {
        push(&mut result, *b"ICCP", &[profile]);
    }
    result.extend(chunks);
    for (name, body) in [(b"EXIF", &kept.metadata.exif), (b"XMP ", &kept.metadata.xmp)] {
        if let Some(body) = body {
            push(&mut result, *name, &[body]);
        }
    }
    let length = u32::try_from(result.len() - 8).ok()?.to_le_bytes();
    result[4..8].copy_from_slice(&length);
    Some(result)
}

/// The chunks of a frame's picture.
fn frame(chunks: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(chunks.len());
    let mut at = 0;
    while let Some((name, body, true)) = chunk(chunks, at) {
        if *name == *b"ALPH" || is_picture(*name) {
            push(&mut result, *name, &[body]);
        }
        at += 8 + body.len().next_multiple_of(2);
    }
    result
}

fn is_picture(name: [u8; 4]) -> bool {
    matches!(&name, b"VP8 " | b"VP8L")
}

fn push(result: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    result.extend(name);
    result.extend((length as u32).to_le_bytes());
    result.extend(parts.iter().copied().flatten());
    if length % 2 == 1 {
        result.push(0);
    }
}
