//! Writes the extended file format (RFC 9649, section 2.7): a `VP8X` chunk, what belongs to it, and pictures that
//! libwebp encoded.

use lightmill_recipe::{Rect, Size};

use super::header::chunk;

/// Flags of the `VP8X` chunk.
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_ANIMATION: u8 = 0x02;
/// Where they stand.
const FLAGS: usize = 20;
/// Flag of an `ANMF` chunk: its pixels replace those of the canvas, transparent ones too.
const DO_NOT_BLEND: u8 = 0x02;
/// Milliseconds that a frame can be shown at most.
pub(super) const MAX_DURATION: u32 = (1 << 24) - 1;

/// The chunks of one picture: `ALPH` and `VP8 `, or `VP8L`.
pub(super) struct Image {
    chunks: Vec<u8>,
    has_alpha: bool,
}

impl Image {
    /// The picture's chunks in `file`, a still.
    pub fn of(file: &[u8]) -> Self {
        let mut this = Self { chunks: Vec::with_capacity(file.len()), has_alpha: false };
        let mut at = 12;
        while let Some((name, body, _)) = chunk(file, at) {
            at += 8 + body.len().next_multiple_of(2);
            match name {
                b"ALPH" => this.has_alpha = true,
                b"VP8 " => {}
                // Whether there is alpha stands behind the signature and two sides of 14 bits.
                b"VP8L" => this.has_alpha = body.get(4).is_some_and(|byte| byte >> 4 & 1 == 1),
                _ => continue,
            }
            put(&mut this.chunks, *name, &[body]);
        }
        this
    }

    /// Bytes of all its chunks.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }
}

/// How a frame comes onto the canvas. It stays there when the next one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blending {
    /// The frame's pixels take the place of the canvas'.
    Replace,
    /// The frame is laid over the canvas.
    Over,
}

/// A file that grows.
pub(super) struct Extended {
    file: Vec<u8>,
    /// Where the duration of the last frame stands.
    duration: usize,
}

impl Extended {
    /// A file of a canvas of `size`, with the profile of its colours.
    pub fn new(size: Size, icc: Option<&[u8]>) -> Self {
        let flags = if icc.is_some() { HAS_PROFILE } else { 0 };
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        put(&mut file, *b"VP8X", &[&[flags, 0, 0, 0], &uint24(size.width - 1), &uint24(size.height - 1)]);
        if let Some(icc) = icc {
            put(&mut file, *b"ICCP", &[icc]);
        }
        Self { file, duration: 0 }
    }

    /// Makes it an animation that is shown `loop_count` times, 0 for ever. Its background is transparent.
    pub fn animate(&mut self, loop_count: u16) {
        self.file[FLAGS] |= HAS_ANIMATION;
        put(&mut self.file, *b"ANIM", &[&[0; 4], &loop_count.to_le_bytes()]);
    }

    /// The one picture of a still.
    pub fn add_image(&mut self, image: &Image) {
        self.mark(image);
        self.file.extend(&image.chunks);
    }

    /// A frame in `window`, whose left and top are even, for `milliseconds` (24 bits).
    pub fn add_frame(&mut self, image: &Image, window: Rect, milliseconds: u32, blending: Blending) {
        self.mark(image);
        let flags = if blending == Blending::Replace { DO_NOT_BLEND } else { 0 };
        let numbers = [window.x / 2, window.y / 2, window.size.width - 1, window.size.height - 1, milliseconds];
        self.duration = self.file.len() + 8 + 4 * 3;
        put(&mut self.file, *b"ANMF", &[numbers.map(uint24).as_flattened(), &[flags], &image.chunks]);
    }

    /// Shows the last frame for `milliseconds` in all.
    pub fn set_duration(&mut self, milliseconds: u32) {
        self.file[self.duration..self.duration + 3].copy_from_slice(&uint24(milliseconds));
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.file.len()
    }

    /// The whole file.
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.file.len() as u32 - 8).to_le_bytes();
        self.file[4..8].copy_from_slice(&length);
        self.file
    }

    fn mark(&mut self, image: &Image) {
        if image.has_alpha {
            self.file[FLAGS] |= HAS_ALPHA;
        }
    }
}

/// Appends a chunk whose body is `parts`, one after the other, and a byte of padding if it is odd (section 2.3).
fn put(file: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    file.extend(name);
    file.extend((length as u32).to_le_bytes());
    for part in parts {
        file.extend(*part);
    }
    file.extend(&[0][..length % 2]);
}

fn uint24(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}
