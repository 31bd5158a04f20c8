use crate::ExifOrientation;

/// Orientation of EXIF 2.32.
const ORIENTATION: u16 = 274;

/// The orientation that a TIFF structure states in its first directory; upright if it states none.
pub(crate) fn orientation(exif: &[u8]) -> ExifOrientation {
    ExifOrientation::new(first_directory_number(exif, ORIENTATION).unwrap_or(1))
}

/// The single SHORT or LONG value of `tag` in the first directory of a TIFF structure (TIFF 6.0, section 2).
pub(super) fn first_directory_number(exif: &[u8], tag: u16) -> Option<u32> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| {
        let bytes: [u8; 4] = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = long(4)? as usize;
    let entries = usize::from(short(directory)?);
    for at in (0..entries).map(|i| directory + 2 + 12 * i) {
        if short(at)? == tag {
            return match (short(at + 2)?, long(at + 4)?) {
                (3, 1) => short(at + 8).map(u32::from),
                (4, 1) => long(at + 8),
                _ => None,
            };
        }
    }
    None
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
