use flate2::Crc;

use super::header::Chunks;
use crate::codecs::strip::Kept;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";
/// Keyword, no compression, no language (W3C PNG third edition, section 11.3.3.4, and Adobe's XMP specification part 3).
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

/// The chunks of the picture: pixels, palette, transparency, an animation's frames, and colour where that stays.
pub(in crate::codecs) fn strip(file: &[u8], kept: &Kept<'_>) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(file.len());
    result.extend(SIGNATURE);
    let mut pixels = false;
    for (name, body) in Chunks::of(file.strip_prefix(SIGNATURE)?) {
        match name {
            b"IHDR" if result.len() == SIGNATURE.len() => {
                push(&mut result, *name, &[body]);
                if let Some(exif) = &kept.metadata.exif {
                    push(&mut result, *b"eXIf", &[exif]);
                }
                if let Some(xmp) = &kept.metadata.xmp {
                    push(&mut result, *b"iTXt", &[XMP, xmp]);
                }
            }
            b"IDAT" => {
                pixels = true;
                push(&mut result, *name, &[body]);
            }
            b"PLTE" | b"tRNS" | b"acTL" | b"fcTL" | b"fdAT" => push(&mut result, *name, &[body]),
            b"iCCP" if kept.profile => push_profile(&mut result, body),
            b"cICP" | b"sRGB" | b"gAMA" | b"cHRM" if kept.profile => push(&mut result, *name, &[body]),
            b"IEND" => break,
            // A chunk that is critical and unknown: the picture is not what we think it is.
            _ if name[0].is_ascii_uppercase() => return None,
            _ => {}
        }
    }
    push(&mut result, *b"IEND", &[]);
    pixels.then_some(result)
}

/// The profile without the name that somebody gave it.
fn push_profile(result: &mut Vec<u8>, body: &[u8]) {
    if let Some(end) = body.iter().take(80).position(|byte| *byte == 0) {
        push(result, *b"iCCP", &[b"ICC", &body[end..]]);
    }
}

fn push(result: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    result.extend((length as u32).to_be_bytes());
    let start = result.len();
    result.extend(name);
    result.extend(parts.iter().copied().flatten());
    let mut crc = Crc::new();
    crc.update(&result[start..]);
    result.extend(crc.sum().to_be_bytes());
}
