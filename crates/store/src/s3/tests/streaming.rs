use std::time::Duration;

use futures::StreamExt;

use super::flat::Server;
use super::*;
use crate::{Error, Source, collect};

const SIZE: u64 = 100_000_000;

/// What the kernel holds of one connection on either side, with room.
const BUFFERS: u64 = 16 << 20;

async fn large_object() -> (Server, Bucket) {
    let server = Server::start();
    let path = server.0.file("photos", "large");
    std::fs::write(path, vec![7; SIZE as usize]).unwrap();
    let bucket = server.bucket().await;
    (server, bucket)
}

#[tokio::test]
async fn a_large_object_is_never_held() {
    let (server, bucket) = large_object().await;
    let mut object = bucket.read("large", None).await.unwrap();
    assert_eq!(object.stat.size, SIZE);
    let (mut read, mut most_ahead) = (0, 0);
    while let Some(piece) = object.body.next().await {
        let piece = piece.unwrap();
        assert!(piece.iter().all(|byte| *byte == 7));
        // Now and then slower than the server, which could run ahead meanwhile.
        if read / 10_000_000 != (read + piece.len() as u64) / 10_000_000 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        read += piece.len() as u64;
        most_ahead = most_ahead.max(server.0.sent_bytes() - read);
    }
    assert_eq!(read, SIZE);
    assert!(most_ahead < BUFFERS, "{most_ahead} bytes were held between server and reader");
}

#[tokio::test]
async fn what_is_not_read_is_not_sent() {
    let (server, bucket) = large_object().await;
    let mut object = bucket.read("large", Some(10..SIZE)).await.unwrap();
    object.body.next().await.unwrap().unwrap();
    drop(object);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(server.0.sent_bytes() < BUFFERS);
}

#[tokio::test]
async fn a_range_of_a_large_object_is_that_range() {
    let (server, bucket) = large_object().await;
    let object = bucket.read("large", Some(SIZE - 5..SIZE + 5)).await.unwrap();
    assert_eq!((object.range.clone(), object.stat.size), (SIZE - 5..SIZE, SIZE));
    assert_eq!(collect(object, 5).await.unwrap(), vec![7; 5]);
    assert_eq!(server.0.sent_bytes(), 5);
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_midst_is_an_error() {
    let answer = "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 100\r\n\r\nonly this";
    let server = canned::Server::start(vec![answer.to_owned()]).await;
    let bucket = server.bucket().await;
    let object = bucket.read("a", None).await.unwrap();
    assert!(matches!(collect(object, 100).await, Err(Error::Unavailable { .. })));
}
