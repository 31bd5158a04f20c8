//! What is no container of video is refused before anything that it names is touched.

use std::io::ErrorKind::WouldBlock;
use std::net::TcpListener;

use crate::testing::{Memory, clip, is_jpeg, made, mp4, tools};
use crate::{ErrorKind, ProbeLimits, probe};

/// Asks for facts and for a frame of these bytes, and expects to hear that they are no video.
async fn refused(name: &str, bytes: &[u8]) {
    let source = Memory::new(bytes.to_vec());
    let error = probe(tools().await, source.clone(), &ProbeLimits::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAVideo, "{name}: {error:?}");
    let made = made(source, "", "-frames:v 1 -f image2pipe -c:v mjpeg pipe:1").await;
    let error = made.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAVideo, "{name}: {error:?}");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("127.0.0.1") && !told.contains("/etc"), "{told}");
}

#[tokio::test]
async fn playlists_and_scripts_are_no_videos() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let hls = |uri: &str| format!("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n{uri}\n#EXT-X-ENDLIST\n");
    let address = format!("http://127.0.0.1:{port}/a.ts");
    for (name, text) in [
        ("a playlist of a file", hls("file:///etc/passwd")),
        ("a playlist of a server", hls(&address)),
        ("a playlist of a concatenation", hls(&format!("concat:{address}|file:///etc/passwd"))),
        ("a script of a file", "ffconcat version 1.0\nfile /etc/passwd\n".to_owned()),
        ("a script of a server", format!("ffconcat version 1.0\nfile {address}\n")),
        (
            "a session's description",
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n".to_owned(),
        ),
        (
            "a manifest",
            format!("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"0\" bandwidth=\"1\"><BaseURL>{address}</BaseURL></Representation></AdaptationSet></Period></MPD>"),
        ),
        ("subtitles", "1\n00:00:00,000 --> 00:00:01,000\ntext\n".to_owned()),
        ("a page", "<!doctype html><p>no video".to_owned()),
        ("nothing", String::new()),
    ] {
        refused(name, text.as_bytes()).await;
        assert_eq!(elsewhere.accept().unwrap_err().kind(), WouldBlock, "{name}");
    }
}

#[tokio::test]
async fn pictures_are_no_videos() {
    for name in ["a.png", "a.jpg", "a.gif"] {
        let (_folder, file) = clip(name, "-frames:v 1");
        refused(name, &std::fs::read(file).unwrap()).await;
    }
}

#[tokio::test]
async fn references_inside_of_a_container_lead_nowhere() {
    // A QuickTime file may name another one that holds its samples: `dref` with an alias instead of `url ` with the
    // flag for this file.
    let source = mp4();
    let mut bytes = source.bytes.to_vec();
    let place = bytes.windows(4).position(|four| four == b"url ").unwrap();
    bytes[place..place + 4].copy_from_slice(b"alis");
    bytes[place + 7] = 0;
    let made = made(Memory::new(bytes), "", "-frames:v 1 -f image2pipe -c:v mjpeg pipe:1").await;
    // The reference is not followed: the samples are where they were, or there are none.
    assert!(made.as_ref().is_ok_and(|frame| is_jpeg(frame)) || made.is_err(), "{made:?}");
}

#[tokio::test]
async fn what_hardly_anybody_writes_is_not_decoded() {
    let (_folder, file) = clip("a.mov", "-c:v qtrle -pix_fmt rgb24 -c:a aac");
    let error = made(Memory::of_file(&file), "", "-frames:v 1 -f image2pipe -c:v mjpeg pipe:1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedCodec, "{error:?}");
    let error = probe(tools().await, Memory::of_file(&file), &ProbeLimits::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedCodec, "{error:?}");
}
