use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};

/// Bytes that are expanded at once.
const PIECE: usize = 32 << 10;

/// A zlib stream (RFC 1950), if it is whole and expands to no more than `limit` bytes.
pub(super) fn zlib(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    bounded(ZlibDecoder::new(compressed), limit)
}

/// A gzip file (RFC 1952), if it is whole and expands to no more than `limit` bytes.
pub(super) fn gzip(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    bounded(GzDecoder::new(compressed), limit)
}

fn bounded(mut source: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; PIECE];
    loop {
        match source.read(&mut piece).ok()? {
            0 => return Some(bytes),
            // Before there is memory for more than is allowed.
            length if bytes.len() + length > limit => return None,
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn a_bomb_is_not_expanded() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 4096);
        assert_eq!(gzip(&bomb, 1 << 20).map(|bytes| bytes.len()), Some(1 << 20));
        assert_eq!(gzip(&bomb, (1 << 20) - 1), None);
        assert_eq!(gzip(&bomb[..bomb.len() / 2], 1 << 20), None);
        assert_eq!(zlib(b"no stream", 10), None);
    }
}
