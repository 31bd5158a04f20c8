//! A large original goes through memory in pieces.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Read;

use common::BINARY;
use lightmill_testkit::servers::raw::{Raw, Step, text};
use lightmill_testkit::{Scratch, Server, ServerOptions};

/// What is streamed in every run, and in the slow proofs.
const SIZE: u64 = 128 << 20;
const SLOW_SIZE: u64 = 1 << 30;

/// More memory than this is no stream.
const GROWTH: u64 = 32 << 20;

/// Asserts that `/large.bin`, the `size` bytes of a source, is streamed: whole, and without being held.
fn is_streamed(source: &str, size: u64) {
    let config = format!("[sources.photos]\n{source}\n[[mounts]]\nunsafe = true\n");
    let server = Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap();
    let client = server.client();
    // What the first request costs is no part of the stream.
    assert_eq!(client.get_with("/large.bin", &[("range", "bytes=0-99")]).status, 206);
    let before = server.peak_resident_bytes().unwrap();
    let mut stream = client.open("GET", b"/large.bin", &[], &[]).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let (mut read, mut head) = (0, Vec::new());
    loop {
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        read += count as u64;
        if head.len() < 4096 {
            head.extend_from_slice(&buffer[..count.min(4096)]);
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (head, _) = head.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains(&format!("content-length: {size}")), "{head}");
    assert_eq!(read, size + head.len() as u64 + 4);
    let grown = server.peak_resident_bytes().unwrap() - before;
    assert!(grown < GROWTH, "{grown} bytes more were held");
}

fn of_a_folder(size: u64) {
    let folder = Scratch::new().unwrap();
    let file = std::fs::File::create(folder.path().join("large.bin")).unwrap();
    // Without a block on the disk.
    file.set_len(size).unwrap();
    is_streamed(&format!("url = \"{}\"", folder.path().display()), size);
}

fn of_an_origin(size: u64) {
    let origin = Raw::start(move |_, head| {
        let part = head.to_ascii_lowercase().contains("\r\nrange: bytes=0-99\r\n");
        let (status, length) = if part {
            (format!("206 Partial Content\r\nContent-Range: bytes 0-99/{size}"), 100)
        } else {
            ("200 OK".to_owned(), size)
        };
        let answer = text(format!("HTTP/1.1 {status}\r\nETag: \"1\"\r\nContent-Length: {length}\r\n\r\n"));
        match (head.starts_with("HEAD"), part) {
            (true, _) => vec![answer],
            (false, true) => vec![answer, Step::Write(vec![0; 100])],
            // What is behind the stated length belongs to nobody.
            (false, false) => vec![answer, Step::Forever(vec![0; 1 << 16])],
        }
    });
    is_streamed(&format!("url = \"{}/\"\nallow_private = [\"127.0.0.1\"]", origin.base), size);
}

#[test]
fn a_large_original_of_a_folder() {
    of_a_folder(SIZE);
}

#[test]
fn a_large_original_of_an_origin() {
    of_an_origin(SIZE);
}

#[test]
#[ignore = "slow: a gibibyte"]
fn a_gibibyte_of_a_folder() {
    of_a_folder(SLOW_SIZE);
}

#[test]
#[ignore = "slow: a gibibyte"]
fn a_gibibyte_of_an_origin() {
    of_an_origin(SLOW_SIZE);
}
