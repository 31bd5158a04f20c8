use std::sync::Arc;

use super::directory::Tiff;
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

/// The XMP packet of a TIFF file (tag 700, Adobe's XMP specification part 3).
pub(crate) fn xmp(file: &[u8]) -> Option<Arc<[u8]>> {
    let packet = Tiff::open(file)?.first().into_iter().find(|entry| entry.tag == 700)?.value;
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
