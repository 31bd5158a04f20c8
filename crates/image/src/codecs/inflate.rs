use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};

/// A zlib stream (RFC 1950), if it is whole and expands to no more than `limit` bytes.
pub(super) fn zlib(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    bounded(ZlibDecoder::new(compressed), limit)
}

/// A gzip file (RFC 1952), if it is whole and expands to no more than `limit` bytes.
pub(super) fn gzip(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    bounded(GzDecoder::new(compressed), limit)
}

fn bounded(source: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a stream that ends there from one that goes on.
    source.take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= limit).then_some(bytes)
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
