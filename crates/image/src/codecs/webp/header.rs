use std::sync::Arc;

use bytes::Bytes;
use lightmill_recipe::{Format, Rect, Size};

use crate::Error;

/// `VP8X` flags (RFC 9649, section 2.7.1).
const HAS_ALPHA: u8 = 0x10;
const HAS_ANIMATION: u8 = 0x02;

/// What the chunks tell.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of the container of its own.
pub(super) struct Header<'a> {
    /// Of the canvas, for animations.
    pub size: Option<Size>,
    pub alpha: bool,
    pub lossless: bool,
    pub animated: bool,
    /// Whole frames of an animation.
    pub frames: u32,
    /// Times the animation is shown; 0 is for ever.
    pub loop_count: u32,
    pub icc: Option<Arc<[u8]>>,
    pub exif: Option<&'a [u8]>,
    pub xmp: Option<&'a [u8]>,
    /// Where the last whole chunk ends.
    pub end: usize,
    extended: bool,
}

impl<'a> Header<'a> {
    /// Walks the chunks. Takes time linear in their number.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut header = Self { end: 12, ..Self::default() };
        while let Some((name, body, whole)) = chunk(bytes, header.end) {
            // A picture's own chunk may be cut off: its size stands at its start.
            if !whole && !matches!(name, b"VP8 " | b"VP8L") {
                break;
            }
            header.add(*name, body);
            if !whole {
                break;
            }
            header.end += 8 + body.len().next_multiple_of(2);
        }
        header.end = header.end.min(bytes.len());
        match header.size {
            Some(size) if size.width > 0 && size.height > 0 => Ok(header),
            _ => Err(Error::corrupt(Format::WebP, "no size")),
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> Result<Size, Error> {
        self.size.ok_or_else(|| Error::internal("a WebP header without a size"))
    }

    fn add(&mut self, name: [u8; 4], body: &'a [u8]) {
        match &name {
            b"VP8X" => self.add_extended(body),
            b"VP8 " => {
                // A key frame: 3 bytes of tag, a start code, two sides of 14 bits (RFC 6386, section 9.1).
                if let [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = *body
                    && !self.extended
                {
                    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
                    self.size = Some(Size::new(side(w0, w1), side(h0, h1)));
                }
            }
            b"VP8L" => {
                self.lossless = true;
                // A signature, two sides less 1 of 14 bits, and whether there is alpha (RFC 9649, section 3.4).
                if let [0x2F, a, b, c, d, ..] = *body
                    && !self.extended
                {
                    let bits = u32::from_le_bytes([a, b, c, d]);
                    self.size = Some(Size::new((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
                    self.alpha = bits >> 28 & 1 == 1;
                }
            }
            b"ANIM" => {
                if let Some(count) = body.get(4..6) {
                    self.loop_count = u16::from_le_bytes([count[0], count[1]]).into();
                }
            }
            b"ANMF" => self.add_frame(body),
            b"ICCP" if self.icc.is_none() => self.icc = Some(body.into()),
            b"XMP " if self.xmp.is_none() => self.xmp = Some(body),
            b"EXIF" if self.exif.is_none() => self.exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
            _ => {}
        }
    }

    fn add_extended(&mut self, body: &[u8]) {
        if let [flags, _, _, _, w0, w1, w2, h0, h1, h2, ..] = *body
            && self.size.is_none()
        {
            self.extended = true;
            self.alpha = flags & HAS_ALPHA != 0;
            self.animated = flags & HAS_ANIMATION != 0;
            self.size = Some(Size::new(uint24([w0, w1, w2]) + 1, uint24([h0, h1, h2]) + 1));
        }
    }

    /// A frame that leaves a part of the canvas open, or clears it, makes an opaque animation transparent.
    fn add_frame(&mut self, body: &[u8]) {
        let Some((window, disposes)) = frame_window(body) else { return };
        let covers = Some(window) == self.size.map(Rect::whole);
        self.alpha |= disposes || (self.frames == 0 && !covers);
        self.frames += 1;
    }
}

/// Where the frame of an `ANMF` chunk lies, and whether its window becomes transparent before the next one.
fn frame_window(body: &[u8]) -> Option<(Rect, bool)> {
    let [x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2, _, _, _, flags, ..] = *body else { return None };
    let size = Size::new(uint24([w0, w1, w2]) + 1, uint24([h0, h1, h2]) + 1);
    // The container counts the origin in pairs of pixels.
    Some((Rect { x: 2 * uint24([x0, x1, x2]), y: 2 * uint24([y0, y1, y2]), size }, flags & 1 == 1))
}

/// For each frame of an animation, the window outside of which it is like the frame before.
pub(super) struct Windows {
    bytes: Bytes,
    at: usize,
    /// What the frame before takes away.
    disposed: Rect,
}

impl Windows {
    pub fn new(bytes: Bytes) -> Self {
        Self { bytes, at: 12, disposed: Rect::whole(Size::new(0, 0)) }
    }
}

impl Iterator for Windows {
    type Item = Rect;

    fn next(&mut self) -> Option<Rect> {
        loop {
            let (name, body, _) = chunk(&self.bytes, self.at)?;
            self.at += 8 + body.len().next_multiple_of(2);
            if name == b"ANMF" {
                let (window, disposes) = frame_window(body)?;
                let changed = window.hull(self.disposed);
                self.disposed = if disposes { window } else { Rect::whole(Size::new(0, 0)) };
                return Some(changed);
            }
        }
    }
}

fn uint24([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// Name and body of the chunk at `at`, and whether the body is whole.
pub(super) fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8], bool)> {
    let (name, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    Some((name, &rest[..length.min(rest.len())], length <= rest.len()))
}
