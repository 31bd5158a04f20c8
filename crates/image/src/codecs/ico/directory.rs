use lightmill_recipe::Format;

use crate::Error;

/// A picture of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// A whole PNG file.
    Png(&'a [u8]),
    /// A bitmap with a mask, and its record in the directory.
    Bitmap { record: &'a [u8; 16], data: &'a [u8] },
}

/// The largest picture of an icon; among those of one size, the one with the most bits a pixel.
///
/// A side of 256 pixels is written as 0. Records whose data lie outside of the file are passed over.
pub(super) fn largest(file: &[u8]) -> Result<Entry<'_>, Error> {
    let corrupt = || Error::corrupt(Format::Ico, "no entry with data");
    let count = usize::from(file.get(4..6).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes));
    let records = file.get(6..).unwrap_or_default().as_chunks::<16>().0;
    let entries = records.iter().take(count).filter_map(|record| {
        let number = |at: usize| record[at..at + 4].try_into().map_or(0, u32::from_le_bytes) as usize;
        let (length, offset) = (number(8), number(12));
        let data = file.get(offset..offset.checked_add(length)?).filter(|data| data.len() >= 8)?;
        let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
        let bits = u16::from_le_bytes([record[6], record[7]]);
        Some(((side(record[0]) * side(record[1]), bits), record, data))
    });
    // The first of those that are equal.
    let best = entries.reduce(|best, entry| if entry.0 > best.0 { entry } else { best });
    let (_, record, data) = best.ok_or_else(corrupt)?;
    Ok(if data.starts_with(b"\x89PNG\r\n\x1A\n") { Entry::Png(data) } else { Entry::Bitmap { record, data } })
}

/// An icon of that one bitmap.
pub(super) fn alone(record: &[u8; 16], data: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0, 1, 0];
    file.extend(&record[..8]);
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(22u32.to_le_bytes());
    file.extend(data);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_and_deepest() {
        let record = |width: u8, bits: u8, length: u8, offset: u8| {
            [width, width, 0, 0, 1, 0, bits, 0, length, 0, 0, 0, offset, 0, 0, 0]
        };
        let records = [record(16, 32, 8, 70), record(0, 8, 8, 78), record(0, 4, 9, 70), record(0, 32, 200, 70)];
        let file = [&[0, 0, 1, 0, 4, 0][..], &records.concat(), b"first...second.."].concat();
        assert_eq!(largest(&file).unwrap(), Entry::Bitmap { record: &records[1], data: b"second.." });
        assert!(largest(&file[..70]).is_err());
        assert!(largest(&[0, 0, 1, 0, 9, 9]).is_err());
        assert_eq!(largest(&alone(&records[0], b"first...")).unwrap(), {
            let record = &[16, 16, 0, 0, 1, 0, 32, 0, 8, 0, 0, 0, 22, 0, 0, 0];
            Entry::Bitmap { record, data: b"first..." }
        });
    }
}
