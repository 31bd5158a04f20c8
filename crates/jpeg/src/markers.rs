use memchr::memchr;

/// Walks over marker segments (ITU-T T.81, section B.1.1). Garbage between them is skipped, as libjpeg does.
#[derive(Debug, Clone)]
pub(crate) struct Markers<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What stands in a file beside entropy-coded data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// The second byte of the marker.
    pub marker: u8,
    /// The parameters, without their length.
    pub body: &'a [u8],
}

pub(crate) const START_OF_IMAGE: u8 = 0xD8;
pub(crate) const END_OF_IMAGE: u8 = 0xD9;
pub(crate) const START_OF_SCAN: u8 = 0xDA;
pub(crate) const RESTART: std::ops::RangeInclusive<u8> = 0xD0..=0xD7;

impl<'a> Markers<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes before the next segment.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on at another place.
    pub fn seek(&mut self, position: usize) {
        self.at = position;
    }
}

impl<'a> Iterator for Markers<'a> {
    type Item = Segment<'a>;

    /// The next segment; `None` at the end of the image or of the bytes, or where a segment is cut off.
    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            self.at = next_marker(self.bytes, self.at)?;
            let marker = self.bytes[self.at + 1];
            match marker {
                END_OF_IMAGE => return None,
                // Markers without parameters.
                0x01 | 0xD0..=0xD8 => self.at += 2,
                _ => {
                    let length = self.bytes.get(self.at + 2..self.at + 4)?;
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    let body = self.bytes.get(self.at + 4..self.at + 2 + length)?;
                    self.at += 2 + length;
                    return Some(Segment { marker, body });
                }
            }
        }
    }
}

/// Where the next marker's two bytes start, at `from` or after it.
pub(crate) fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr(0xFF, bytes.get(at..)?)?;
        match *bytes.get(at + 1)? {
            0x00 => at += 2,
            // A fill byte.
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

/// Where the entropy-coded data end that start at `from`: at the next marker that is no restart marker.
pub(crate) fn scan_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        match next_marker(bytes, at) {
            None => return bytes.len(),
            Some(found) if RESTART.contains(&bytes[found + 1]) => at = found + 2,
            Some(found) => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_among_garbage() {
        let file = [0xFF, 0xD8, 7, 0xFF, 0xFF, 0xDB, 0, 3, 9, 0xFF, 0, 0xFF, 0xC0, 0, 2, 0xFF, 0xD9, 0xFF, 0xDB, 0, 2];
        let found: Vec<_> = Markers::new(&file).collect();
        assert_eq!(found, [Segment { marker: 0xDB, body: &[9] }, Segment { marker: 0xC0, body: &[] }]);
        assert_eq!(Markers::new(&file[..14]).count(), 1, "the second one is cut off");
        assert_eq!(Markers::new(&[0xFF, 0xDB, 0, 1, 0]).count(), 0, "a length below its own two bytes");
    }

    #[test]
    fn a_scan_ends_at_a_marker_of_another_kind() {
        let data = [1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xFF, 0xD1, 4, 0xFF, 0xC4];
        assert_eq!(scan_end(&data, 0), 11);
        assert_eq!((scan_end(&data[..12], 0), next_marker(&data, 5)), (12, Some(8)));
    }
}
