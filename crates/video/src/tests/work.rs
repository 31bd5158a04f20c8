use std::time::Duration;

use crate::testing::{Memory, clip, clip_of, is_jpeg, made, mp4, run, run_by, tools, work};
use crate::{Destination, Identity, Level, Places, ProbeLimits, Sandbox, Source, Tools, Work, probe};

const FRAME: &str = "-map 0:v:0 -frames:v 1 -threads 1 -f image2pipe -c:v mjpeg pipe:1";

#[tokio::test]
async fn facts_are_told() {
    let facts = probe(tools().await, mp4(), &ProbeLimits::default()).await.unwrap();
    assert_eq!(facts["streams"][0]["codec_name"], "h264");
    assert_eq!(facts["streams"][0]["width"], 320);
    assert_eq!(facts["streams"][1]["codec_name"], "aac");
    assert_eq!(facts["format"]["format_name"], "mov,mp4,m4a,3gp,3g2,mj2");
    assert!(!facts.to_string().contains("127.0.0.1"), "{facts}");
}

#[tokio::test]
async fn a_frame_is_taken() {
    assert!(is_jpeg(&made(mp4(), "-ss 1", FRAME).await.unwrap()));
}

#[tokio::test]
async fn every_container_is_read() {
    for (name, words) in [
        ("a.mov", "-c:v libx264 -preset ultrafast -c:a aac"),
        ("a.mkv", "-c:v libx264 -preset ultrafast -c:a libopus"),
        ("a.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libvorbis"),
        ("a.avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("a.flv", "-c:v flv1 -c:a libmp3lame -ar 44100"),
        ("a.ts", "-c:v mpeg2video -c:a mp2"),
        ("a.mpg", "-c:v mpeg2video -c:a mp2"),
        ("a.ogv", "-c:v libtheora -c:a libvorbis"),
    ] {
        let (_folder, file) = clip(name, words);
        assert!(is_jpeg(&made(Memory::of_file(&file), "-ss 0.5", FRAME).await.unwrap()), "{name}");
    }
}

#[tokio::test]
async fn an_index_at_the_end_is_found() {
    // Large enough that the index is not near by.
    let (_folder, file) = clip("a.mp4", "-c:v mjpeg -q:v 2 -c:a aac");
    let source = Memory::of_file(&file);
    assert!(source.bytes.windows(4).position(|four| four == b"moov").unwrap() > source.bytes.len() / 2);
    assert!(is_jpeg(&made(source.clone(), "-ss 1.5", FRAME).await.unwrap()));
    assert!(source.reads.load(std::sync::atomic::Ordering::SeqCst) > 2);
}

#[tokio::test]
async fn a_late_frame_reads_little() {
    // Noise does not compress.
    let picture = "testsrc2=s=320x180:r=2:d=600,noise=alls=12:allf=t";
    let words = "-map 0:v -c:v libx264 -preset ultrafast -g 10 -movflags +faststart";
    let (_folder, file) = clip_of("long.mp4", picture, words);
    let source = Memory::of_file(&file);
    assert!(source.size() > 8 << 20, "{}", source.size());
    assert!(is_jpeg(&made(source.clone(), "-ss 550", FRAME).await.unwrap()));
    let part = source.read() as f64 / source.size() as f64;
    println!("{} of {} bytes", source.read(), source.size());
    assert!(part < 0.05, "{part} of the video was read for one frame of it");
}

#[tokio::test]
async fn every_encoder_works_in_the_box() {
    let source = mp4();
    for (encoder, words) in [
        ("libx264", "-c:v libx264 -preset ultrafast -an -f mp4 -movflags frag_keyframe+empty_moov"),
        ("libx265", "-c:v libx265 -preset ultrafast -an -f matroska"),
        ("libvpx", "-c:v libvpx -deadline realtime -cpu-used 8 -an -f webm"),
        ("libvpx-vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -an -f webm"),
        ("libsvtav1", "-c:v libsvtav1 -preset 12 -an -f webm"),
        ("libaom-av1", "-c:v libaom-av1 -cpu-used 8 -an -f obu"),
        ("aac", "-vn -c:a aac -f adts"),
        ("libmp3lame", "-vn -c:a libmp3lame -f mp3"),
        ("libvorbis", "-vn -c:a libvorbis -f webm"),
        ("libopus", "-vn -c:a libopus -f webm"),
        ("libwebp", "-an -c:v libwebp -frames:v 1 -f image2pipe"),
    ] {
        // Debian's has all of them; another build says so by itself.
        if !tools().await.has_encoder(encoder) {
            println!("no {encoder}");
            continue;
        }
        let made = made(source.clone(), "", &format!("-t 0.2 {words} pipe:1")).await;
        assert!(made.as_ref().is_ok_and(|made| made.len() > 200), "{encoder}: {made:?}");
    }
}

#[tokio::test]
async fn a_clip_is_streamed_with_progress() {
    let output = "-c:v libx264 -preset ultrafast -c:a aac -f mp4 -movflags frag_keyframe+empty_moov pipe:1";
    let work = Work { expected: Some(Duration::from_secs(2)), ..work(Destination::Stream) };
    let mut running = run(mp4(), work, "", output).await.unwrap();
    let mut progress = running.progress();
    let mut pieces = Vec::new();
    while let Some(piece) = running.next().await.unwrap() {
        pieces.push(piece);
    }
    assert_eq!(&pieces[0][4..8], b"ftyp");
    // The last report may be on its way when the child has ended.
    let last = *progress.wait_for(|progress| progress.frames == 50).await.unwrap();
    assert!(last.part.is_some_and(|part| part > 0.9), "{last:?}");
    assert!(running.bytes_read() > 0);
}

#[tokio::test]
async fn files_are_made_in_a_folder() {
    let output = "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart clip.mp4";
    let folder = run(mp4(), work(Destination::Folder), "", output).await.unwrap().finish().await.unwrap();
    let clip = Memory::of_file(&folder.path().join("clip.mp4"));
    let place = |name: &[u8]| clip.bytes.windows(4).position(|four| four == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"));

    let output = "-c:v libx264 -preset ultrafast -g 25 -an -f hls -hls_time 1 -hls_playlist_type vod \
                  -hls_flags temp_file -hls_segment_filename s%d.ts list.m3u8";
    let running = run(mp4(), work(Destination::Folder), "", output).await.unwrap();
    let place = running.folder().unwrap().path().to_owned();
    let folder = running.finish().await.unwrap();
    let list = std::fs::read_to_string(folder.path().join("list.m3u8")).unwrap();
    assert!(list.contains("s1.ts") && list.contains("#EXT-X-ENDLIST"), "{list}");
    assert!(folder.path().join("s1.ts").metadata().unwrap().len() > 1000);
    drop(folder);
    assert!(!place.exists());
}

#[tokio::test]
async fn it_works_as_another_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let identity = Some(Identity { user: 65534, group: 65534 });
    let sandbox = Sandbox::new(Level::BestEffort, identity).unwrap();
    let tools = Tools::find(&Places::default(), sandbox).await.unwrap();
    let running = run_by(&tools, mp4(), work(Destination::Folder), "", "-c copy -f segment s%d.mp4").await;
    let folder = running.unwrap().finish().await.unwrap();
    let owner = std::os::unix::fs::MetadataExt::uid(&folder.path().join("s0.mp4").metadata().unwrap());
    assert_eq!(owner, 65534);
}
