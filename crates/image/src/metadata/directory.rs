/// Entries of one directory at most; real ones have up to a hundred.
const MAX_ENTRIES: usize = 512;

/// Pointers of the first directory to others (EXIF 2.32, section 4.6.3).
pub(super) const EXIF_DIRECTORY: u16 = 0x8769;
pub(super) const GPS_DIRECTORY: u16 = 0x8825;

/// A TIFF structure (TIFF 6.0, section 2), as EXIF and TIFF files have it. Every offset is checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tiff<'a> {
    bytes: &'a [u8],
    pub order: ByteOrder,
}

/// How numbers of more than one byte are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

/// A field of a directory, its value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub tag: u16,
    /// The type of its values: 2 ASCII, 3 SHORT, 4 LONG…
    pub kind: u16,
    pub count: u32,
    pub value: std::borrow::Cow<'a, [u8]>,
}

impl ByteOrder {
    /// That of the machine.
    pub const NATIVE: Self = if cfg!(target_endian = "little") { Self::Little } else { Self::Big };

    pub fn short(self, bytes: [u8; 2]) -> u16 {
        if self == Self::Little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    pub fn long(self, bytes: [u8; 4]) -> u32 {
        if self == Self::Little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    pub fn short_bytes(self, value: u16) -> [u8; 2] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    pub fn long_bytes(self, value: u32) -> [u8; 4] {
        if self == Self::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }
}

impl Entry<'_> {
    /// The value with its numbers in the machine's order.
    pub fn native(&self, order: ByteOrder) -> Vec<u8> {
        let number = match self.kind {
            // Pairs of numbers.
            5 | 10 => 4,
            kind => value_bytes(kind).unwrap_or(1),
        };
        let mut value = self.value.to_vec();
        if order != ByteOrder::NATIVE {
            value.chunks_exact_mut(number).for_each(<[u8]>::reverse);
        }
        value
    }
}

impl<'a> Tiff<'a> {
    /// `None` if `bytes` do not begin like one.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let order = match bytes.get(..4)? {
            b"II*\0" => ByteOrder::Little,
            b"MM\0*" => ByteOrder::Big,
            _ => return None,
        };
        Some(Self { bytes, order })
    }

    /// Entries of the first directory; those that lead out of the structure or have an unknown type are left out.
    pub fn first(&self) -> Vec<Entry<'a>> {
        self.long(4).map(|at| self.directory(at)).unwrap_or_default()
    }

    /// Entries of the directory to which the entry `tag` of `parent` points.
    pub fn child(&self, parent: &[Entry<'a>], tag: u16) -> Vec<Entry<'a>> {
        let entry = parent.iter().find(|entry| entry.tag == tag);
        entry.and_then(|entry| self.number(entry)).map(|at| self.directory(at)).unwrap_or_default()
    }

    /// The value of an entry that holds one SHORT, LONG or directory.
    pub fn number(&self, entry: &Entry<'a>) -> Option<u32> {
        match (entry.kind, entry.count, &*entry.value) {
            (3, 1, [a, b]) => Some(self.order.short([*a, *b]).into()),
            (4 | 13, 1, [a, b, c, d]) => Some(self.order.long([*a, *b, *c, *d])),
            _ => None,
        }
    }

    fn directory(&self, at: u32) -> Vec<Entry<'a>> {
        let at = at as usize;
        let count = self.short(at).map_or(0, usize::from).min(MAX_ENTRIES);
        (0..count).filter_map(|index| self.entry(at + 2 + 12 * index)).collect()
    }

    fn entry(&self, at: usize) -> Option<Entry<'a>> {
        let (tag, kind, count) = (self.short(at)?, self.short(at + 2)?, self.long(at + 4)?);
        let length = (count as usize).checked_mul(value_bytes(kind)?)?;
        let start = if length <= 4 { at + 8 } else { self.long(at + 8)? as usize };
        let value = self.bytes.get(start..start.checked_add(length)?)?;
        Some(Entry { tag, kind, count, value: value.into() })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?;
        Some(self.order.short(bytes.try_into().ok()?))
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?;
        Some(self.order.long(bytes.try_into().ok()?))
    }
}

/// Bytes of one value (TIFF 6.0, section 2; 129 is the UTF-8 of EXIF 3.0).
const fn value_bytes(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One SHORT and one text of 6 bytes.
    fn sample(order: ByteOrder) -> Vec<u8> {
        let mut bytes = if order == ByteOrder::Little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        bytes.extend(order.long_bytes(8));
        bytes.extend(order.short_bytes(2));
        for (tag, kind, count) in [(274u16, 3u16, 1u32), (315, 2, 6)] {
            bytes.extend([order.short_bytes(tag), order.short_bytes(kind)].concat());
            bytes.extend(order.long_bytes(count));
            match kind {
                3 => bytes.extend([order.short_bytes(6), [0; 2]].concat()),
                _ => bytes.extend(order.long_bytes(38)),
            }
        }
        bytes.extend(order.long_bytes(0));
        bytes.extend(b"Maker\0");
        bytes
    }

    #[test]
    fn both_byte_orders() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let bytes = sample(order);
            let tiff = Tiff::open(&bytes).unwrap();
            let entries = tiff.first();
            assert_eq!(tiff.number(&entries[0]), Some(6));
            assert_eq!((entries[1].tag, &*entries[1].value), (315, &b"Maker\0"[..]));
            assert_eq!(tiff.child(&entries, 274), []);
        }
    }

    #[test]
    fn damage_is_harmless() {
        let whole = sample(ByteOrder::Little);
        for length in 0..whole.len() {
            if let Some(tiff) = Tiff::open(&whole[..length]) {
                assert!(tiff.first().len() <= 2);
            }
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] = 0xFF;
            if let Some(tiff) = Tiff::open(&damaged) {
                assert!(tiff.first().len() <= MAX_ENTRIES);
            }
        }
    }
}
