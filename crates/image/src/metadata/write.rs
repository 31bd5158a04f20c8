use super::directory::{ByteOrder, EXIF_DIRECTORY, Entry, GPS_DIRECTORY};

/// The directories of a structure that is to be written.
#[derive(Debug, Default)]
pub(super) struct Directories<'a> {
    pub main: Vec<Entry<'a>>,
    pub exif: Vec<Entry<'a>>,
    pub gps: Vec<Entry<'a>>,
}

impl Directories<'_> {
    pub fn is_empty(&self) -> bool {
        self.main.is_empty() && self.exif.is_empty() && self.gps.is_empty()
    }

    /// In the order of their tags, each once, as a structure must have them.
    pub fn sort(&mut self) {
        for entries in [&mut self.main, &mut self.exif, &mut self.gps] {
            entries.sort_by_key(|entry| entry.tag);
            entries.dedup_by_key(|entry| entry.tag);
        }
    }

    /// The structure: a header, then each directory with its values behind it.
    pub fn write(mut self, order: ByteOrder) -> Vec<u8> {
        let mut at = 8 + bytes(&self.main) + 12 * [&self.exif, &self.gps].iter().filter(|d| !d.is_empty()).count();
        for (tag, entries) in [(EXIF_DIRECTORY, &self.exif), (GPS_DIRECTORY, &self.gps)] {
            if !entries.is_empty() {
                self.main.push(long(order, tag, at as u32));
                at += bytes(entries);
            }
        }
        self.main.sort_by_key(|entry| entry.tag);
        let mut file = if order == ByteOrder::Little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        file.extend(order.long_bytes(8));
        for entries in [&self.main, &self.exif, &self.gps] {
            if !entries.is_empty() {
                write(&mut file, entries, order);
            }
        }
        file
    }
}

/// Bytes of a directory with its values.
fn bytes(entries: &[Entry<'_>]) -> usize {
    let values = entries.iter().map(|entry| entry.value.len()).filter(|length| *length > 4);
    6 + 12 * entries.len() + values.map(|length| length.next_multiple_of(2)).sum::<usize>()
}

/// A directory at the end of `file`, its values behind it, at even offsets.
fn write(file: &mut Vec<u8>, entries: &[Entry<'_>], order: ByteOrder) {
    let mut values = file.len() + 6 + 12 * entries.len();
    file.extend(order.short_bytes(entries.len() as u16));
    for entry in entries {
        file.extend(order.short_bytes(entry.tag));
        file.extend(order.short_bytes(entry.kind));
        file.extend(order.long_bytes(entry.count));
        if entry.value.len() <= 4 {
            file.extend(&*entry.value);
            file.resize(file.len() + 4 - entry.value.len(), 0);
        } else {
            file.extend(order.long_bytes(values as u32));
            values += entry.value.len().next_multiple_of(2);
        }
    }
    file.extend(order.long_bytes(0));
    for entry in entries.iter().filter(|entry| entry.value.len() > 4) {
        file.extend(&*entry.value);
        file.resize(file.len().next_multiple_of(2), 0);
    }
}

/// A field of one number.
pub(super) fn long(order: ByteOrder, tag: u16, value: u32) -> Entry<'static> {
    Entry { tag, kind: 4, count: 1, value: order.long_bytes(value).to_vec().into() }
}
