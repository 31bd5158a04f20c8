use std::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::{Error, OpenFile};

/// What is written: pieces, one behind the other, in memory or in files. A sink holds no more of it in memory than what it
/// is just sending.
///
/// ```
/// use lightmill_store::{Content, Piece};
///
/// let content = Content::from(vec![Piece::from(bytes::Bytes::from("the file")), bytes::Bytes::from(", a trailer").into()]);
/// assert_eq!(content.len(), 19);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Content {
    pieces: Vec<Piece>,
}

/// A piece of a [`Content`].
#[derive(Debug, Clone)]
pub enum Piece {
    /// In memory.
    Bytes(Bytes),
    /// A whole file.
    File(OpenFile),
}

impl Content {
    /// How many bytes all pieces have together.
    pub fn len(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pieces, in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The bytes of `range`, in memory; not copied where they lie in one piece that is there already.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there are not so many, or a file has become shorter; and what the file system says.
    pub async fn part(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let wanted = range.end.saturating_sub(range.start);
        let mut found = Vec::new();
        for (piece, within) in self.overlaps(&range) {
            found.push(piece.part(within).await?);
        }
        let bytes = joined(found);
        if bytes.len() as u64 != wanted {
            return Err(Error::unavailable(format_args!("{wanted} bytes from {} of {}", range.start, self.len())));
        }
        Ok(bytes)
    }

    /// The pieces that have bytes of `range`, and which of their own bytes those are.
    fn overlaps(&self, range: &Range<u64>) -> impl Iterator<Item = (&Piece, Range<u64>)> {
        let mut begin = 0;
        self.pieces.iter().filter_map(move |piece| {
            let (start, end) = (begin, begin + piece.len());
            begin = end;
            let (from, to) = (range.start.max(start), range.end.min(end));
            (from < to).then(|| (piece, from - start..to - start))
        })
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(file) => file.len(),
        }
    }

    /// `range` lies within the piece.
    async fn part(&self, range: Range<u64>) -> Result<Bytes, Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.slice(range.start as usize..range.end as usize)),
            Self::File(file) => file.read(range).await,
        }
    }
}

fn joined(mut parts: Vec<Bytes>) -> Bytes {
    if parts.len() <= 1 {
        return parts.pop().unwrap_or_default();
    }
    let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in &parts {
        whole.extend_from_slice(part);
    }
    whole.freeze()
}

/// Bytes of each part, but the last, of an object of `bytes` that may have at most `most` parts: `least`, unless that
/// makes too many.
#[cfg(any(feature = "s3", feature = "azure"))]
pub(crate) fn part_bytes(bytes: u64, least: u64, most: u64) -> u64 {
    bytes.div_ceil(most).max(least)
}

/// The ranges of the parts of an object of `bytes`, in their order.
#[cfg(any(feature = "s3", feature = "azure"))]
pub(crate) fn parts(bytes: u64, part_bytes: u64) -> impl Iterator<Item = Range<u64>> {
    (0..bytes.div_ceil(part_bytes)).map(move |part| part * part_bytes..bytes.min((part + 1) * part_bytes))
}

impl From<Bytes> for Piece {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<OpenFile> for Piece {
    fn from(file: OpenFile) -> Self {
        Self::File(file)
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        vec![bytes.into()].into()
    }
}

impl From<OpenFile> for Content {
    fn from(file: OpenFile) -> Self {
        vec![file.into()].into()
    }
}

impl From<Vec<Piece>> for Content {
    fn from(pieces: Vec<Piece>) -> Self {
        Self { pieces }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> OpenFile {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), bytes).unwrap();
        OpenFile::open(&folder.path().join("a")).unwrap()
    }

    #[tokio::test]
    async fn parts_lie_across_pieces() {
        let pieces = [&b"abc"[..], b"", b"defgh", b"i"];
        let whole = pieces.concat();
        let content = Content::from(vec![
            Bytes::from_static(pieces[0]).into(),
            file(pieces[1]).into(),
            file(pieces[2]).into(),
            Bytes::from_static(pieces[3]).into(),
        ]);
        assert_eq!(content.len(), 9);
        for start in 0..=9 {
            for end in start..=9 {
                let part = content.part(start..end).await.unwrap();
                assert_eq!(part, &whole[start as usize..end as usize], "{start}..{end}");
            }
            assert!(matches!(content.part(start..10).await, Err(Error::Unavailable { .. })), "{start}..10");
        }
        assert!(Content::default().is_empty());
        assert_eq!(Content::default().part(0..0).await.unwrap(), "");
    }

    #[tokio::test]
    async fn bytes_of_one_piece_are_not_copied() {
        let bytes = Bytes::from(vec![7; 100]);
        let content = Content::from(vec![Bytes::from_static(b"ab").into(), bytes.clone().into()]);
        assert_eq!(content.part(5..50).await.unwrap().as_ptr(), bytes[3..].as_ptr());
    }

    #[cfg(any(feature = "s3", feature = "azure"))]
    #[test]
    fn parts_grow_where_there_would_be_too_many() {
        let (least, most) = (16 << 20, 10_000);
        for (bytes, size, count) in [
            (least + 1, least, 2),
            (least * most, least, most),
            (least * most + 1, least + 1, most),
            (5 << 40, (5_u64 << 40).div_ceil(most), most),
        ] {
            assert_eq!(part_bytes(bytes, least, most), size, "{bytes}");
            let ranges: Vec<Range<u64>> = parts(bytes, size).collect();
            assert!(ranges.len() as u64 <= most && ranges.len() as u64 >= count - 1, "{}", ranges.len());
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start && pair[0].end - pair[0].start == size));
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, bytes));
        }
    }
}
