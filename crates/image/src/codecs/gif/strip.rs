use super::header::{XMP, XMP_TRAILER, palette_bytes};
use crate::codecs::strip::Kept;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const GRAPHIC_CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

/// The screen, the frames with their times, and the loop count. Comments, texts and applications' own data (among them
/// other XMP than what is kept) are left out. There is no place for EXIF.
pub(in crate::codecs) fn strip(file: &[u8], kept: &Kept<'_>) -> Option<Vec<u8>> {
    let screen = 13 + palette_bytes(*file.get(10)?);
    let mut result = Vec::with_capacity(file.len());
    result.extend(file.get(..screen).filter(|screen| screen.starts_with(b"GIF8"))?);
    if let Some(packet) = &kept.metadata.xmp {
        place(&mut result, packet);
    }
    let (mut at, mut frames) = (screen, 0);
    while let Some(&introducer) = file.get(at) {
        let start = at;
        let body = match (introducer, file.get(at + 1)) {
            (EXTENSION, Some(_)) => at + 2,
            (IMAGE, _) => match file.get(at + 9) {
                // The frame's place and palette, and one byte for the codes' size.
                Some(flags) => at + 11 + palette_bytes(*flags),
                None => break,
            },
            // A zero between blocks means nothing.
            (0, _) => {
                at += 1;
                continue;
            }
            _ => break,
        };
        // What is cut off in the middle of a frame is decoded as far as it goes.
        let end = match sub_blocks(file, body) {
            Some(end) => end,
            None if introducer == IMAGE && body < file.len() => file.len(),
            None => break,
        };
        let block = &file[start..end];
        match block {
            [IMAGE, ..] => result.extend(block),
            [EXTENSION, GRAPHIC_CONTROL, 4, a, b, c, d, ..] => {
                result.extend([EXTENSION, GRAPHIC_CONTROL, 4, *a, *b, *c, *d, 0]);
            }
            [EXTENSION, APPLICATION, ..] if is_loop(block) => result.extend(block),
            _ => {}
        }
        frames += u32::from(introducer == IMAGE);
        at = end;
    }
    result.push(TRAILER);
    (frames > 0).then_some(result)
}

/// The application extension of XMP, which GIF 87a does not know.
fn place(result: &mut Vec<u8>, packet: &[u8]) {
    result[..6].copy_from_slice(b"GIF89a");
    result.extend([EXTENSION, APPLICATION, XMP.len() as u8]);
    result.extend(XMP);
    result.extend(packet);
    let start = result.len();
    result.push(1);
    result.extend((0..=u8::MAX).rev());
    result.push(0);
    debug_assert_eq!(result.len() - start, XMP_TRAILER, "what a reader looks for");
}

/// Where the sub-blocks that begin at `at` end.
fn sub_blocks(file: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*file.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The extension of Netscape that holds nothing but the loop count.
fn is_loop(block: &[u8]) -> bool {
    let known = matches!(block.get(3..14), Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
    known && block.len() == 19 && block[14] == 3 && block[15] == 1
}
