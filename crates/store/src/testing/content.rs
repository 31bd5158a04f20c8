use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use rustix::fs::{MemfdFlags, memfd_create};

use super::sink::read;
use crate::{Attributes, Content, Error, OpenFile, Piece, Sink, Source};

/// Files are written as bytes are, alone and with others, at once and in parts.
pub(super) async fn is_written(sink: &dyn Sink, source: &dyn Source) {
    let large: Bytes = (0..(33 << 20) + 5_u32).map(|i| (i % 253) as u8).collect();
    let (head, tail) = (Bytes::from_static(b"in front"), Bytes::from_static(b"behind"));
    for (key, size) in [("files/none", 0), ("files/small", 7), ("files/large", large.len())] {
        let bytes = large.slice(..size);
        let file = || OpenFile::of(file(&bytes)).unwrap_or_else(|error| panic!("{error}"));
        write(sink, key, file().into()).await.unwrap_or_else(|error| panic!("{key}: {error:?}"));
        assert!(read(source, key).await.as_ref() == Ok(&bytes), "{key}");
        let pieces: Vec<Piece> = vec![head.clone().into(), file().into(), tail.clone().into()];
        write(sink, key, pieces.into()).await.unwrap_or_else(|error| panic!("{key}: {error:?}"));
        let whole = [&head[..], &bytes, &tail].concat();
        assert!(read(source, key).await.is_ok_and(|written| written == whole), "{key} among others");
    }
    for size in [7, large.len()] {
        let shorter = file(&large[..size]);
        let content = OpenFile::of(duplicate(&shorter)).unwrap_or_else(|error| panic!("{error}"));
        shorter.set_len(size as u64 - 1).unwrap_or_else(|error| panic!("{error}"));
        let written = write(sink, "files/shorter", content.into()).await;
        assert!(matches!(written, Err(Error::Unavailable { .. })), "{written:?}");
        assert_eq!(read(source, "files/shorter").await, Err(Error::NotFound), "whole or not at all");
    }
}

async fn write(sink: &dyn Sink, key: &str, content: Content) -> Result<(), Error> {
    sink.write(key, content, &Attributes::default()).await
}

/// A file without a name.
fn file(bytes: &[u8]) -> File {
    let file = memfd_create("lightmill-test", MemfdFlags::CLOEXEC).unwrap_or_else(|error| panic!("{error}"));
    let file = File::from(file);
    file.write_all_at(bytes, 0).unwrap_or_else(|error| panic!("{error}"));
    file
}

fn duplicate(file: &File) -> File {
    file.try_clone().unwrap_or_else(|error| panic!("{error}"))
}
