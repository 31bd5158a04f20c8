//! Through the real ffmpeg, with a clip that it makes here.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use lightmill_recipe::video::{FrameChoice, Position, VideoFrame};
use lightmill_recipe::{Locator, Output, Recipe};
use lightmill_store::testing::FakeSource;
use lightmill_store::{self as store, Source as _};

use super::*;
use crate::ErrorKind;

/// Two seconds of a test picture, 160×90.
fn clip() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clip.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=2", "-pix_fmt", "yuv420p"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(file).unwrap()
}

fn videos() -> Videos {
    let tools = VideoTools { sandbox: Level::BestEffort, ..VideoTools::default() };
    Videos::new(tools, &VideoSettings::default())
}

/// What `videos` makes of the object `key` of `fake` in the state that it has.
async fn frame(videos: &Videos, fake: &FakeSource, key: &str, milliseconds: u64) -> Result<Bytes, Error> {
    let source: Arc<dyn store::Source> = Arc::new(fake.clone());
    let place = Place { source: "films".to_owned(), key: key.to_owned() };
    let stat = fake.stat(key).await.unwrap();
    let wish = VideoFrame::new(FrameChoice::Exact(Position::Time(Duration::from_millis(milliseconds))));
    videos.still(&Video { source: &source, place: &place, stat: &stat }, &Still::Frame(wish)).await
}

#[tokio::test]
async fn frames_and_facts_come_from_the_store() {
    let (fake, videos) = (FakeSource::default(), videos());
    fake.put("a.mp4", &clip());
    let (first, last) =
        (frame(&videos, &fake, "a.mp4", 0).await.unwrap(), frame(&videos, &fake, "a.mp4", 1900).await.unwrap());
    for bytes in [&first, &last] {
        assert_eq!(lightmill_image::probe(bytes).unwrap().size, lightmill_recipe::Size::new(160, 90));
    }
    assert_ne!(first, last);
    assert_eq!(videos.0.facts.iter().count(), 1);

    let source: Arc<dyn store::Source> = Arc::new(fake.clone());
    let (place, stat) = (Place { source: "films".into(), key: "a.mp4".into() }, fake.stat("a.mp4").await.unwrap());
    let told = videos.make(&Video { source: &source, place: &place, stat: &stat }, &Whole::Facts).await.unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.bytes).unwrap();
    assert_eq!(told["duration_seconds"], 2.0, "{told}");

    fake.put("b.mp4", b"no video at all");
    let refused = frame(&videos, &fake, "b.mp4", 0).await.unwrap_err();
    assert_eq!((refused.kind(), refused.is_lasting()), (ErrorKind::Unsupported, true), "{refused:?}");
}

#[tokio::test]
async fn a_video_that_changed_meanwhile_is_no_longer_read() {
    let (fake, videos) = (FakeSource::default(), videos());
    fake.put("a.mp4", &clip());
    let source: Arc<dyn store::Source> = Arc::new(fake.clone());
    let (place, stat) = (Place { source: "films".into(), key: "a.mp4".into() }, fake.stat("a.mp4").await.unwrap());
    fake.put("a.mp4", &clip());
    let wish = VideoFrame::new(FrameChoice::KeyFrame(Position::Frame(0)));
    let refused =
        videos.still(&Video { source: &source, place: &place, stat: &stat }, &Still::Frame(wish)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable, "{refused:?}");
}

#[tokio::test]
async fn what_is_missing_is_told_and_looked_for_again() {
    let places = Places { ffmpeg: Some("/nowhere/ffmpeg".into()), ..Places::default() };
    let videos = Videos::new(VideoTools { places, ..VideoTools::default() }, &VideoSettings::default());
    for _ in 0..2 {
        assert!(videos.tools().await.unwrap_err().to_string().contains("ffmpeg is missing"));
    }
}

#[test]
fn frames_of_marks_are_not_made() {
    let mut recipe = Recipe::new(Locator::key("a.mp4"));
    recipe.inputs[0].video_frame = Some(VideoFrame::new(FrameChoice::KeyFrame(Position::Frame(0))));
    assert!(is_made(&recipe));
    recipe.outputs = vec![Output::VideoInfo];
    assert!(is_made(&recipe));
    let mark = recipe.inputs[0].clone();
    recipe.inputs.push(mark);
    assert!(!is_made(&recipe));
}
