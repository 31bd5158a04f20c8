use std::borrow::Cow;

use lightmill_recipe::Format;

use crate::Error;
use crate::codecs::isobmff::Boxes;
use crate::metadata::MAX_PACKET;

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Container<'a> {
    pub codestream: Cow<'a, [u8]>,
    /// The TIFF structure of EXIF; one that is compressed (`brob`) is not read.
    pub exif: Option<&'a [u8]>,
    /// The XMP packet, under the same condition.
    pub xmp: Option<&'a [u8]>,
}

impl<'a> Container<'a> {
    /// Reads a bare code stream or the boxes of ISO/IEC 18181-2, section 9.
    pub fn read(file: &'a [u8]) -> Result<Self, Error> {
        if file.starts_with(b"\xFF\x0A") {
            return Ok(Self { codestream: Cow::Borrowed(file), exif: None, xmp: None });
        }
        let mut codestream = Cow::Borrowed(&[][..]);
        let (mut exif, mut xmp) = (None, None);
        let mut end = 0;
        for found in Boxes::new(file) {
            end = found.body.as_ptr() as usize - file.as_ptr() as usize + found.body.len();
            match &found.kind {
                b"jxlc" => codestream = Cow::Borrowed(found.body),
                // Four bytes of a number, then a part.
                b"jxlp" => codestream.to_mut().extend_from_slice(found.body.get(4..).unwrap_or_default()),
                b"Exif" => exif = tiff(found.body),
                b"xml " => xmp = Some(found.body).filter(|packet| packet.len() <= MAX_PACKET),
                _ => {}
            }
        }
        // A file that is cut off: what there is of the box that is not whole.
        let rest = file.get(end..).unwrap_or_default();
        match rest.get(4..8) {
            Some(b"jxlc") => codestream = Cow::Borrowed(&rest[8..]),
            Some(b"jxlp") => codestream.to_mut().extend_from_slice(rest.get(12..).unwrap_or_default()),
            _ => {}
        }
        if codestream.is_empty() {
            Err(Error::corrupt(Format::JpegXl, "no code stream"))
        } else {
            Ok(Self { codestream, exif, xmp })
        }
    }
}

/// EXIF begins with the offset of its TIFF header.
fn tiff(body: &[u8]) -> Option<&[u8]> {
    let (offset, rest) = body.split_first_chunk::<4>()?;
    rest.get(u32::from_be_bytes(*offset) as usize..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], &kind, body].concat()
    }

    #[test]
    fn parts_are_joined() {
        let signature = boxed(*b"JXL ", b"\r\n\x87\n");
        let exif = boxed(*b"Exif", b"\0\0\0\x02??MM\0*");
        let parts = [boxed(*b"jxlp", b"\0\0\0\0\xFF\x0A12"), exif, boxed(*b"jxlp", b"\x80\0\0\x0134")].concat();
        let file = [signature.clone(), parts].concat();
        let read = Container::read(&file).unwrap();
        assert_eq!((&*read.codestream, read.exif), (&b"\xFF\x0A1234"[..], Some(&b"MM\0*"[..])));
        assert_eq!(&*Container::read(&file[..file.len() - 1]).unwrap().codestream, b"\xFF\x0A123", "cut off");
        let whole = [signature.clone(), boxed(*b"jxlc", b"\xFF\x0A5")].concat();
        assert_eq!(&*Container::read(&whole).unwrap().codestream, b"\xFF\x0A5");
        assert_eq!(&*Container::read(&whole[..whole.len() - 1]).unwrap().codestream, b"\xFF\x0A");
        assert!(Container::read(&signature).is_err());
    }
}
