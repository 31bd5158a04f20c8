use std::sync::Arc;

use lightmill_recipe::{Format, Size};

use crate::Error;
use crate::metadata::MAX_PACKET;

/// What the blocks tell.
#[derive(Debug)]
pub(super) struct Header {
    /// Of the logical screen; of the first frame, if the screen has none.
    pub size: Size,
    /// Whether a frame can leave a pixel of the screen transparent.
    pub alpha: bool,
    pub frames: u32,
    /// Times the animation is shown; 0 is for ever.
    pub loop_count: u32,
    pub interlaced: bool,
    pub xmp: Option<Arc<[u8]>>,
}

/// What follows an XMP packet (Adobe's XMP specification part 3): for a reader that does not know the extension, each of
/// these bytes is the length of a sub-block that leads to the last.
pub(super) const XMP_TRAILER: usize = 258;
/// The identifier of an application extension with XMP.
pub(super) const XMP: &[u8] = b"XMP DataXMP";

/// Disposal methods of the graphic control extension (GIF 89a, section 23).
const TO_BACKGROUND: u8 = 2;
const TO_PREVIOUS: u8 = 3;

impl Header {
    /// Walks the blocks, without decompressing. Takes time linear in the bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let corrupt = || Error::corrupt(Format::Gif, "no screen or no frame");
        let [w0, w1, h0, h1, flags, _, _] = bytes.get(6..).and_then(|b| b.first_chunk()).ok_or_else(corrupt)?;
        let screen = Size::new(u16::from_le_bytes([*w0, *w1]).into(), u16::from_le_bytes([*h0, *h1]).into());
        let mut header = Self { size: screen, alpha: false, frames: 0, loop_count: 1, interlaced: false, xmp: None };
        let blocks = Blocks { bytes, at: 13 + palette_bytes(*flags) };
        // Set by a graphic control extension for the frame that follows.
        let (mut transparent, mut disposal) = (false, 0);
        // Whether the frame before the current one takes pixels away.
        let mut clears = false;
        for block in blocks {
            match block {
                Block::Control { flags } => (transparent, disposal) = (flags & 1 == 1, flags >> 2 & 7),
                Block::Loop { count } => header.loop_count = if count == 0 { 0 } else { u32::from(count) + 1 },
                Block::Xmp(packet) => header.xmp = header.xmp.or_else(|| Some(packet.into())),
                Block::Frame { x, y, size, interlaced } => {
                    header.alpha |= clears;
                    if header.frames == 0 {
                        if screen.pixels().0 == 0 {
                            header.size = size;
                        }
                        let covers =
                            x == 0 && y == 0 && size.width >= header.size.width && size.height >= header.size.height;
                        header.alpha = transparent || !covers;
                        header.interlaced = interlaced;
                    }
                    // To go back to what was before the first frame is to go back to nothing.
                    clears = disposal == TO_BACKGROUND || (disposal == TO_PREVIOUS && header.frames == 0);
                    header.frames += 1;
                    (transparent, disposal) = (false, 0);
                }
            }
        }
        if header.frames == 0 || header.size.pixels().0 == 0 { Err(corrupt()) } else { Ok(header) }
    }
}

enum Block<'a> {
    Control { flags: u8 },
    Loop { count: u16 },
    Xmp(&'a [u8]),
    Frame { x: u16, y: u16, size: Size, interlaced: bool },
}

/// Bytes of the palette that packed fields announce.
pub(super) fn palette_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

struct Blocks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Blocks<'a> {
    /// The first sub-block, the rest skipped.
    fn sub_blocks(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(*self.bytes.get(self.at)?);
        let first = self.bytes.get(self.at + 1..self.at + 1 + length)?;
        loop {
            let length = usize::from(*self.bytes.get(self.at)?);
            self.at += 1 + length;
            if length == 0 {
                return Some(first);
            }
        }
    }

    /// The loop count in the second sub-block of a Netscape application extension.
    fn loop_count(&self) -> Option<u16> {
        let block = self.bytes.get(self.at..self.at + 16)?;
        let known = matches!(&block[..12], b"\x0BNETSCAPE2.0" | b"\x0BANIMEXTS1.0");
        (known && block[12] >= 3 && block[13] == 1).then(|| u16::from_le_bytes([block[14], block[15]]))
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        loop {
            let introducer = *self.bytes.get(self.at)?;
            self.at += 1;
            match introducer {
                0x21 => {
                    let label = *self.bytes.get(self.at)?;
                    self.at += 1;
                    let count = if label == 0xFF { self.loop_count() } else { None };
                    let start = self.at + 1 + XMP.len();
                    let first = self.sub_blocks()?;
                    match (label, first, count) {
                        (0xF9, [flags, ..], _) => return Some(Block::Control { flags: *flags }),
                        (0xFF, XMP, _) => {
                            let end = self.at.saturating_sub(XMP_TRAILER);
                            let packet = self.bytes.get(start..end).filter(|packet| packet.len() <= MAX_PACKET);
                            if let Some(packet) = packet {
                                return Some(Block::Xmp(packet));
                            }
                        }
                        (_, _, Some(count)) => return Some(Block::Loop { count }),
                        _ => {}
                    }
                }
                0x2C => {
                    let [x0, x1, y0, y1, w0, w1, h0, h1, flags] = *self.bytes.get(self.at..)?.first_chunk::<9>()?;
                    self.at += 9 + palette_bytes(flags) + 1;
                    let number = |low, high| u16::from_le_bytes([low, high]);
                    let size = Size::new(number(w0, w1).into(), number(h0, h1).into());
                    if self.sub_blocks().is_none() {
                        // Cut off in this frame: nothing follows.
                        self.at = self.bytes.len();
                    }
                    let interlaced = flags & 0x40 != 0;
                    return Some(Block::Frame { x: number(x0, x1), y: number(y0, y1), size, interlaced });
                }
                0x00 => {}
                _ => return None,
            }
        }
    }
}
