/// Whether the main brand says that the file is an image sequence (AVIF 1.1, section 6.2; HEIF, section 10.3).
pub(in crate::codecs) fn is_sequence(file: &[u8]) -> bool {
    file.get(4..8) == Some(b"ftyp") && matches!(file.get(8..12), Some(b"avis" | b"msf1" | b"hevc" | b"hevx"))
}
