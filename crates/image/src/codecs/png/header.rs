use std::sync::Arc;

use lightmill_recipe::{Format, Size};

use crate::Error;
use crate::codecs::inflate;
use crate::colour::{Chromaticities, SourceSpace, from_gamma};
use crate::metadata::MAX_PACKET;

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
    /// What says most about the colours: `cICP`, `iCCP`, `sRGB`, or `gAMA` and `cHRM` (section 4.3), as a
    /// space.
    pub space: SourceSpace,
    /// Frames of an animation that are there, and the times that it is shown (0 is for ever).
    pub animation: Option<(u32, u32)>,
    pub exif: Option<&'a [u8]>,
    pub xmp: Option<Arc<[u8]>>,
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
        let mut header = Self {
            size,
            bits,
            colour_type,
            interlaced: interlace != 0,
            transparency: false,
            space: SourceSpace::Srgb,
            animation: None,
            exif: None,
            xmp: None,
        };
        let mut colours = Colours::default();
        let mut controls = 0;
        let mut before_pixels = true;
        for (name, body) in chunks {
            match name {
                b"IDAT" => before_pixels = false,
                b"tRNS" if before_pixels => header.transparency = true,
                b"acTL" if before_pixels => header.animation = animation(body),
                b"fcTL" => controls += 1,
                b"eXIf" if header.exif.is_none() => header.exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
                b"iTXt" if header.xmp.is_none() => header.xmp = packet(body),
                b"IEND" => break,
                _ if before_pixels => colours.take(*name, body),
                _ => {}
            }
        }
        header.space = colours.space(header.is_grey());
        // What `acTL` promises may be more than there is.
        header.animation = header.animation.map(|(frames, plays)| (frames.min(controls), plays));
        Ok(header)
    }

    /// Whether any pixel may be transparent: an animation's first frame need not fill the canvas.
    pub fn has_alpha(&self) -> bool {
        self.transparency || self.colour_type >= 4 || self.frames() > 1
    }

    /// Frames of an animation, otherwise 1.
    pub fn frames(&self) -> u32 {
        self.animation.map_or(1, |(frames, _)| frames.max(1))
    }

    /// Whether the samples, after palettes are applied, are grey.
    pub fn is_grey(&self) -> bool {
        matches!(self.colour_type, 0 | 4)
    }
}

/// `acTL`: frames and plays.
fn animation(body: &[u8]) -> Option<(u32, u32)> {
    let (frames, plays) = body.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*frames), u32::from_be_bytes(plays.try_into().ok()?)))
}

/// The chunks that say what colours mean.
#[derive(Default)]
struct Colours<'a> {
    code_points: Option<[u8; 4]>,
    icc: Option<&'a [u8]>,
    srgb: bool,
    gamma: Option<u32>,
    chromaticities: Option<Chromaticities>,
}

impl<'a> Colours<'a> {
    /// Remembers the first of each kind.
    fn take(&mut self, name: [u8; 4], body: &'a [u8]) {
        match &name {
            b"cICP" if self.code_points.is_none() => self.code_points = body.try_into().ok(),
            b"iCCP" if self.icc.is_none() => self.icc = Some(body),
            b"sRGB" => self.srgb = true,
            b"gAMA" if self.gamma.is_none() => self.gamma = body.try_into().ok().map(u32::from_be_bytes),
            b"cHRM" if self.chromaticities.is_none() => self.chromaticities = chromaticities(body),
            _ => {}
        }
    }

    /// What the chunk says that takes precedence among those that make sense (PNG third edition, section 4.3).
    fn space(&self, grey: bool) -> SourceSpace {
        let from_gamma = || from_gamma(self.gamma, self.chromaticities.as_ref(), grey);
        let from_others = || self.icc.and_then(profile).or_else(|| (!self.srgb).then(from_gamma).flatten()).into();
        self.code_points.and_then(|code_points| SourceSpace::from_cicp(code_points, grey)).unwrap_or_else(from_others)
    }
}

/// A `cHRM` chunk: x and y of white, red, green and blue, times 100,000.
fn chromaticities(body: &[u8]) -> Option<Chromaticities> {
    let numbers: Vec<f64> =
        body.as_chunks::<4>().0.iter().map(|n| f64::from(u32::from_be_bytes(*n)) / 100_000.0).collect();
    let [wx, wy, rx, ry, gx, gy, bx, by] = *numbers.as_slice() else { return None };
    Some(Chromaticities { white: (wx, wy), red: (rx, ry), green: (gx, gy), blue: (bx, by) })
}

/// An `iCCP` chunk: a name, a zero, the compression method 0, and the compressed profile.
fn profile(body: &[u8]) -> Option<Arc<[u8]>> {
    let name = body.iter().take(80).position(|b| *b == 0)?;
    let compressed = body[name + 1..].strip_prefix(&[0])?;
    inflate::zlib(compressed, MAX_PROFILE).map(Into::into)
}

/// An `iTXt` chunk with XMP: the keyword, a zero, whether it is compressed, the method 0, a language and a translated
/// keyword that both end with a zero, and the packet.
fn packet(body: &[u8]) -> Option<Arc<[u8]>> {
    let rest = body.strip_prefix(b"XML:com.adobe.xmp\0")?;
    let (&[compressed, _], rest) = rest.split_first_chunk::<2>()?;
    let language = rest.iter().position(|b| *b == 0)?;
    let rest = &rest[language + 1..];
    let keyword = rest.iter().position(|b| *b == 0)?;
    let packet = &rest[keyword + 1..];
    match compressed {
        0 if packet.len() <= MAX_PACKET => Some(packet.into()),
        1 => inflate::zlib(packet, MAX_PACKET).map(Into::into),
        _ => None,
    }
}

/// Whole chunks; the first that is cut off ends the walk.
pub(super) struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    /// The chunks of a file without its signature.
    pub fn of(rest: &'a [u8]) -> Self {
        Self { rest }
    }
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
