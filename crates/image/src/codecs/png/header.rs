use std::sync::Arc;

use lightmill_recipe::{Format, Size};

use crate::Error;
use crate::codecs::inflate;

/// Bytes of an expanded ICC profile at most; output profiles of printers reach 3 MB.
const MAX_PROFILE: usize = 8 << 20;

/// What the chunks tell.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub size: Size,
    /// Bits of a sample, or of a palette index.
    pub bits: u8,
    /// Colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
    pub colour_type: u8,
    pub interlaced: bool,
    /// Whether a `tRNS` chunk is there.
    pub transparency: bool,
    pub icc: Option<Arc<[u8]>>,
    pub exif: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// Reads the chunks of a file, those after the pixels too (EXIF may stand there). Checksums are not looked at.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let corrupt = |detail: &str| Error::corrupt(Format::Png, detail);
        let mut chunks = Chunks { rest: bytes.get(8..).unwrap_or_default() };
        let Some((b"IHDR", &[w3, w2, w1, w0, h3, h2, h1, h0, bits, colour_type, _, _, interlace])) = chunks.next()
        else {
            return Err(corrupt("no IHDR chunk"));
        };
        let size = Size::new(u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        if size.width == 0 || size.height == 0 || size.longer() > i32::MAX as u32 {
            return Err(corrupt("impossible size"));
        }
        if !matches!((colour_type, bits), (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) | (2 | 4 | 6, 8 | 16)) {
            return Err(corrupt("impossible colour type"));
        }
        let interlaced = interlace != 0;
        let mut header = Self { size, bits, colour_type, interlaced, transparency: false, icc: None, exif: None };
        let mut before_pixels = true;
        for (name, body) in chunks {
            match name {
                b"IDAT" => before_pixels = false,
                b"tRNS" if before_pixels => header.transparency = true,
                b"iCCP" if before_pixels && header.icc.is_none() => header.icc = profile(body),
                b"eXIf" if header.exif.is_none() => header.exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
                b"IEND" => break,
                _ => {}
            }
        }
        Ok(header)
    }

    /// Whether any pixel may be transparent.
    pub fn has_alpha(&self) -> bool {
        self.transparency || self.colour_type >= 4
    }

    /// Whether the samples, after palettes are applied, are grey.
    pub fn is_grey(&self) -> bool {
        matches!(self.colour_type, 0 | 4)
    }
}

/// An `iCCP` chunk: a name, a zero, the compression method 0, and the compressed profile.
fn profile(body: &[u8]) -> Option<Arc<[u8]>> {
    let name = body.iter().take(80).position(|b| *b == 0)?;
    let compressed = body[name + 1..].strip_prefix(&[0])?;
    inflate::zlib(compressed, MAX_PROFILE).map(Into::into)
}

/// Whole chunks; the first that is cut off ends the walk.
struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.rest.split_first_chunk::<4>()?;
        let (name, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let body = rest.get(..length)?;
        self.rest = rest.get(length + 4..).unwrap_or_default();
        Some((name, body))
    }
}
