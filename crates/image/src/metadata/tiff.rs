use std::sync::Arc;

use super::FileMetadata;
use super::directory::{EXIF_DIRECTORY, Entry, GPS_DIRECTORY, Tiff};
use super::write::Directories;
use super::xmp::MAX_PACKET;
use crate::ExifOrientation;

/// Orientation of EXIF 2.32.
pub(super) const ORIENTATION: u16 = 274;

/// The orientation that a TIFF structure states in its first directory; upright if it states none.
pub(crate) fn orientation(exif: &[u8]) -> ExifOrientation {
    ExifOrientation::new(first_directory_number(exif, ORIENTATION).unwrap_or(1))
}

/// The single SHORT or LONG value of `tag` in the first directory of a TIFF structure (TIFF 6.0, section 2).
pub(super) fn first_directory_number(exif: &[u8], tag: u16) -> Option<u32> {
    let tiff = Tiff::open(exif)?;
    let entries = tiff.first();
    tiff.number(entries.iter().find(|entry| entry.tag == tag)?)
}

/// XMP in a TIFF file (Adobe's XMP specification part 3).
const XMP: u16 = 700;
/// Tags of the first directory that are no fields of EXIF: where pixels and their tables lie, other directories, and
/// whole structures of others (XMP, IPTC, Photoshop, ICC).
const STRUCTURE: [u16; 15] = [273, 279, 288, 289, 324, 325, 330, 347, 513, 514, XMP, 33_723, 34_377, 34_675, 0xA005];
/// Bytes of one value at most, and of all of them, that are gathered of a TIFF file.
const MAX_VALUE: usize = 8 << 10;
const MAX_BYTES: usize = 256 << 10;

/// The EXIF of a TIFF file, whose fields are those of the file itself, as a structure of its own. `None` for `BigTIFF`.
pub(crate) fn exif(file: &[u8]) -> Option<Arc<[u8]>> {
    let tiff = Tiff::open(file)?;
    let main = tiff.first();
    let (exif, gps) = (tiff.child(&main, EXIF_DIRECTORY), tiff.child(&main, GPS_DIRECTORY));
    let mut gathered = Directories { main, exif, gps };
    let mut left = MAX_BYTES;
    for entries in [&mut gathered.main, &mut gathered.exif, &mut gathered.gps] {
        entries.retain(|entry| {
            let pointer = entry.kind == 13 || [EXIF_DIRECTORY, GPS_DIRECTORY].contains(&entry.tag);
            let length = entry.value.len();
            let kept = !pointer && !STRUCTURE.contains(&entry.tag) && length <= MAX_VALUE.min(left);
            left -= if kept { length } else { 0 };
            kept
        });
    }
    gathered.sort();
    (!gathered.is_empty()).then(|| gathered.write(tiff.order).into())
}

/// Metadata as fields of a TIFF file's own directories.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TiffFields {
    /// Of the picture's directory.
    pub main: Vec<TiffField>,
    /// Of the EXIF directory.
    pub exif: Vec<TiffField>,
    /// Of the GPS directory.
    pub gps: Vec<TiffField>,
}

/// A field that is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TiffField {
    pub tag: u16,
    /// The type of its values, as TIFF 6.0 has it.
    pub kind: u16,
    /// Numbers are in the machine's order.
    pub value: Vec<u8>,
}

impl FileMetadata {
    /// The same as fields of a TIFF file.
    pub(crate) fn tiff_fields(&self) -> TiffFields {
        let mut fields = self.exif.as_deref().and_then(Tiff::open).map(|tiff| {
            let main = tiff.first();
            let own = |entries: &[Entry<'_>]| -> Vec<TiffField> {
                let kept = entries.iter().filter(|entry| ![EXIF_DIRECTORY, GPS_DIRECTORY].contains(&entry.tag));
                // TIFF 6.0 does not know the UTF-8 of EXIF 3.0.
                let kind = |kind| if kind == 129 { 2 } else { kind };
                kept.map(|e| TiffField { tag: e.tag, kind: kind(e.kind), value: e.native(tiff.order) }).collect()
            };
            let child = |tag| own(&tiff.child(&main, tag));
            TiffFields { main: own(&main), exif: child(EXIF_DIRECTORY), gps: child(GPS_DIRECTORY) }
        });
        if let Some(packet) = self.xmp.as_deref() {
            let fields = fields.get_or_insert_default();
            fields.main.push(TiffField { tag: XMP, kind: 1, value: packet.to_vec() });
        }
        fields.unwrap_or_default()
    }
}

/// The XMP packet of a TIFF file.
pub(crate) fn xmp(file: &[u8]) -> Option<Arc<[u8]>> {
    let packet = Tiff::open(file)?.first().into_iter().find(|entry| entry.tag == XMP)?.value;
    (packet.len() <= MAX_PACKET).then(|| packet.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orientation_in_both_byte_orders() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!(orientation(little).value(), 6);
        assert_eq!(orientation(big).value(), 8);
        for length in 0..little.len() - 6 {
            assert!(orientation(&little[..length]).is_upright(), "{length}");
        }
        assert!(orientation(b"II*\0\xFF\xFF\xFF\xFF").is_upright());
    }
}
