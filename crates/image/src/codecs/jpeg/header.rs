use std::sync::Arc;

use lightmill_recipe::{Format, Size};

use super::strip::XMP;
use crate::{Error, SourceColour, Subsampling};

/// Index in natural order of each coefficient of the zigzag order (ITU-T T.81, figure A.6).
const NATURAL: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// One colour component of the frame header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    id: u8,
    horizontal: u8,
    vertical: u8,
}

/// A quantisation table in natural order.
pub(super) type Table = [u16; 64];

/// What stands before the first scan.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    frame: Option<Frame>,
    jfif: bool,
    /// The transform of the Adobe marker: 0 RGB or CMYK, 1 Y'CbCr, 2 YCCK.
    adobe: Option<u8>,
    /// EXIF without its prefix.
    pub exif: Option<&'a [u8]>,
    /// The main XMP packet, without its prefix.
    pub xmp: Option<&'a [u8]>,
    pub icc: Option<Arc<[u8]>>,
    /// Quantisation tables by their number.
    pub tables: [Option<Table>; 4],
}

#[derive(Debug)]
struct Frame {
    /// The low half of the marker: 0 baseline, 1 extended, 2 progressive, 3 lossless, 9 and more arithmetic.
    process: u8,
    bits: u8,
    size: Size,
    components: Vec<Component>,
}

impl<'a> Header<'a> {
    /// Reads the markers up to the first scan. Takes time linear in the bytes before it.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if there is no frame header, [`Error::Unsupported`] if it leaves the height open (DNL).
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut header = Self::default();
        let mut profile = Profile::default();
        let segments = Segments { bytes, at: 2 };
        for (marker, body) in segments {
            match marker {
                0xC4 | 0xC8 | 0xCC => {}
                0xC0..=0xCF if header.frame.is_none() => header.frame = Frame::read(marker & 0x0F, body),
                0xDB => header.read_tables(body),
                0xE0 if body.starts_with(b"JFIF\0") => header.jfif = true,
                0xE1 => {
                    header.exif = header.exif.or(body.strip_prefix(b"Exif\0\0"));
                    header.xmp = header.xmp.or(body.strip_prefix(XMP));
                }
                0xE2 => profile.add(body),
                0xEE if body.starts_with(b"Adobe") && body.len() >= 12 => header.adobe = Some(body[11]),
                _ => {}
            }
        }
        header.icc = profile.whole();
        match &header.frame {
            None => Err(Error::corrupt(Format::Jpeg, "no frame header")),
            Some(frame) if frame.size.height == 0 => Err(Error::unsupported("JPEG whose header has no height")),
            Some(frame) if frame.size.width == 0 => Err(Error::corrupt(Format::Jpeg, "width of 0")),
            Some(_) => Ok(header),
        }
    }

    fn frame(&self) -> Result<&Frame, Error> {
        self.frame.as_ref().ok_or_else(|| Error::internal("a JPEG header without a frame"))
    }

    /// Columns and rows.
    pub fn size(&self) -> Result<Size, Error> {
        Ok(self.frame()?.size)
    }

    /// Bits of a sample.
    pub fn bits(&self) -> Result<u8, Error> {
        Ok(self.frame()?.bits)
    }

    /// Whether coefficients come in several scans.
    pub fn progressive(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| matches!(frame.process & 7, 2 | 6))
    }

    /// Whether an Adobe marker is there; such files store inks inverted.
    pub fn inverted_inks(&self) -> bool {
        self.adobe.is_some()
    }

    /// An error if the C library cannot decode this process.
    pub fn check_supported(&self) -> Result<(), Error> {
        let frame = self.frame()?;
        match (frame.process, frame.bits, frame.components.len()) {
            (0..=2, 8, 1 | 3 | 4) => Ok(()),
            (0..=2, 8, n) => Err(Error::unsupported(format!("JPEG of {n} components"))),
            (0..=2, bits, _) => Err(Error::unsupported(format!("{bits}-bit JPEG"))),
            (9..=15, ..) => Err(Error::unsupported("JPEG with arithmetic coding")),
            _ => Err(Error::unsupported("lossless or hierarchical JPEG")),
        }
    }

    /// What samples mean, by the rules of libjpeg: JFIF, then Adobe's transform, then the components' names.
    pub fn colour(&self) -> Result<SourceColour, Error> {
        let components = &self.frame()?.components;
        Ok(match components.as_slice() {
            [_] => SourceColour::Grey,
            [y, cb, cr] => {
                let named_rgb = [y.id, cb.id, cr.id] == *b"RGB";
                let is_rgb = !self.jfif && self.adobe.map_or(named_rgb, |transform| transform == 0);
                if is_rgb { SourceColour::Rgb } else { subsampling(*y, *cb, *cr) }
            }
            _ => SourceColour::Cmyk,
        })
    }

    fn read_tables(&mut self, mut body: &[u8]) {
        while let [kind, rest @ ..] = body {
            let wide = kind >> 4 != 0;
            let length = if wide { 128 } else { 64 };
            let (Some(values), Some(slot)) = (rest.get(..length), self.tables.get_mut(usize::from(kind & 15))) else {
                return;
            };
            let table = slot.insert([0; 64]);
            for (i, natural) in NATURAL.iter().enumerate() {
                table[usize::from(*natural)] =
                    if wide { u16::from_be_bytes([values[2 * i], values[2 * i + 1]]) } else { u16::from(values[i]) };
            }
            body = &rest[length..];
        }
    }
}

fn subsampling(y: Component, cb: Component, cr: Component) -> SourceColour {
    let ratio = |luma: u8, chroma: u8| (luma.is_multiple_of(chroma)).then(|| luma / chroma).filter(|ratio| *ratio <= 2);
    let same = (cb.horizontal, cb.vertical) == (cr.horizontal, cr.vertical);
    match (ratio(y.horizontal, cb.horizontal), ratio(y.vertical, cb.vertical)) {
        (Some(horizontal), Some(vertical)) if same => SourceColour::YCbCr(Subsampling { horizontal, vertical }),
        _ => SourceColour::YCbCrOther,
    }
}

impl Frame {
    /// A frame header (ITU-T T.81, section B.2.2), or `None` if it is cut off or breaks the ranges there.
    fn read(process: u8, body: &[u8]) -> Option<Self> {
        let [bits, h1, h0, w1, w0, count, rest @ ..] = body else { return None };
        let mut components = Vec::with_capacity(usize::from(*count));
        for entry in rest.chunks_exact(3).take(usize::from(*count)) {
            let component = Component { id: entry[0], horizontal: entry[1] >> 4, vertical: entry[1] & 15 };
            if !(1..=4).contains(&component.horizontal) || !(1..=4).contains(&component.vertical) {
                return None;
            }
            components.push(component);
        }
        let size = Size::new(u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into());
        let complete = components.len() == usize::from(*count) && !components.is_empty();
        complete.then_some(Self { process, bits: *bits, size, components })
    }
}

/// Marker segments up to the start of the first scan, garbage between them skipped.
struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            self.at += rest.iter().position(|b| *b == 0xFF)? + 1;
            match *self.bytes.get(self.at)? {
                // Fill bytes and stuffed zeros.
                0xFF | 0x00 => {}
                // Markers without a body.
                0x01 | 0xD0..=0xD8 => self.at += 1,
                0xD9 | 0xDA => return None,
                marker => {
                    let length = self.bytes.get(self.at + 1..self.at + 3)?;
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    let body = self.bytes.get(self.at + 3..self.at + 1 + length.max(2))?;
                    self.at += 1 + length.max(2);
                    return Some((marker, body));
                }
            }
        }
    }
}

/// The chunks of an ICC profile (ICC.1:2022, section B.4).
#[derive(Default)]
struct Profile<'a> {
    chunks: Vec<(u8, &'a [u8])>,
    count: u8,
}

impl<'a> Profile<'a> {
    fn add(&mut self, body: &'a [u8]) {
        if let Some([number, count, data @ ..]) = body.strip_prefix(b"ICC_PROFILE\0")
            && self.chunks.len() < usize::from(u8::MAX)
        {
            self.count = *count;
            self.chunks.push((*number, data));
        }
    }

    /// The profile, if every chunk is there once.
    fn whole(mut self) -> Option<Arc<[u8]>> {
        self.chunks.sort_by_key(|(number, _)| *number);
        let complete = self.chunks.iter().map(|(number, _)| *number).eq(1..=self.count);
        (complete && self.count > 0).then(|| self.chunks.iter().flat_map(|(_, data)| data.iter().copied()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u16 + 2).to_be_bytes();
        [&[0xFF, marker, length[0], length[1]], body].concat()
    }

    #[test]
    fn profiles_in_any_order_but_whole() {
        let frame = segment(0xC0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]);
        let chunk = |n: u8, of: u8, data: &[u8]| segment(0xE2, &[b"ICC_PROFILE\0", &[n, of][..], data].concat());
        let file = [&[0xFF, 0xD8][..], &chunk(2, 2, b"cd"), &chunk(1, 2, b"ab"), &frame].concat();
        assert_eq!(Header::read(&file).unwrap().icc.as_deref(), Some(&b"abcd"[..]));
        let file = [&[0xFF, 0xD8][..], &chunk(2, 2, b"cd"), &frame].concat();
        let header = Header::read(&file).unwrap();
        assert_eq!((header.icc.clone(), header.size().unwrap()), (None, Size::new(3, 2)));
    }

    #[test]
    fn colours_by_marker_and_name() {
        let rgb_named = segment(0xC0, &[8, 0, 2, 0, 3, 3, b'R', 0x11, 0, b'G', 0x11, 0, b'B', 0x11, 0]);
        let jfif = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
        let soi = [0xFF, 0xD8];
        let plain = [&soi[..], &rgb_named].concat();
        assert_eq!(Header::read(&plain).unwrap().colour().unwrap(), SourceColour::Rgb);
        let marked = [&soi[..], &jfif, &rgb_named].concat();
        assert_eq!(Header::read(&marked).unwrap().colour().unwrap(), SourceColour::YCbCr(Subsampling::S444));
        let wide = segment(0xC2, &[8, 0, 2, 0, 3, 3, 1, 0x41, 0, 2, 0x11, 0, 3, 0x11, 0]);
        let wide = [&soi[..], &wide].concat();
        let header = Header::read(&wide).unwrap();
        assert_eq!((header.colour().unwrap(), header.progressive()), (SourceColour::YCbCrOther, true));
    }
}
