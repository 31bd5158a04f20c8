/// Types of units (AV1 specification, section 6.2.2).
pub(super) const SEQUENCE_HEADER: u8 = 1;
pub(super) const FRAME_HEADER: u8 = 3;
pub(super) const FRAME: u8 = 6;

/// The type of a unit that [`units`] gave.
pub(super) fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |header| header >> 3 & 15)
}

/// Splits AV1 data into its units (AV1 specification, section 5.3).
/// The last holds all that is left if the data are cut off or a unit does not tell its size.
pub(super) fn units(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = length(rest).filter(|length| *length <= rest.len()).unwrap_or(rest.len());
        let (unit, next) = rest.split_at(length);
        rest = next;
        Some(unit)
    })
}

/// Bytes of the first unit, its header included; `None` if it does not tell.
fn length(data: &[u8]) -> Option<usize> {
    let header = *data.first()?;
    let (has_extension, has_size) = (header & 4 != 0, header & 2 != 0);
    if !has_size {
        return None;
    }
    let start = 1 + usize::from(has_extension);
    // leb128 (section 4.10.5): at most eight bytes of seven bits.
    let mut size = 0u64;
    for (i, byte) in data.get(start..)?.iter().take(8).enumerate() {
        size |= u64::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            return (start + i + 1).checked_add(usize::try_from(size).ok()?);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_tell_their_size() {
        let delimiter = [0x12, 0];
        let extended = [0x36, 0, 3, 7, 7, 7];
        let large = [&[0x32, 0x81, 0x01][..], &[9; 129]].concat();
        let unsized_one = [0x30, 1, 2, 3];
        let data = [&delimiter[..], &extended, &large, &unsized_one].concat();
        let lengths: Vec<usize> = units(&data).map(<[u8]>::len).collect();
        assert_eq!(lengths, [2, 6, 132, 4]);
        assert_eq!(units(&data).map(kind).collect::<Vec<_>>(), [2, 6, 6, 6]);
        assert_eq!(units(&data[..20]).map(<[u8]>::len).collect::<Vec<_>>(), [2, 6, 12], "cut off");
        assert_eq!(units(&[0x32, 0xFF, 0xFF]).count(), 1);
    }
}
