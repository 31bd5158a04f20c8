//! Sheets of frames and animated previews.

use std::time::Duration;

use lightmill_recipe::video::{
    FrameRate, Interval, Length, Preview, PreviewFormat, Sprite, SpriteFormat, SpriteGrid, VideoSide,
};
use lightmill_video::arguments::{Abilities, Limits, preview, sprite, tiles};

use crate::made::{Bitmap, run};
use crate::sources::Source;

#[test]
fn frames_lie_row_after_row() {
    let wish = Sprite {
        format: SpriteFormat::Jpeg,
        grid: SpriteGrid::new(2, 4).unwrap(),
        width: VideoSide::new(80),
        height: None,
        start: Duration::ZERO,
        interval: Interval::Every(Length::new(500).unwrap()),
        frames: None,
    };
    for source in [Source::Plain, Source::Vp9] {
        let (path, facts) = source.get();
        let limits = Limits::default();
        let sheet = Bitmap::of(&sprite(&wish, &facts, &limits, &Abilities::all()).unwrap(), &path);
        let tiles = tiles(&wish, &facts, &limits).unwrap();
        assert_eq!(sheet.width, 160);
        // Two frames of red, then two of blue.
        for (index, tile) in tiles.iter().take(4).enumerate() {
            let (x, y) = (tile.place.x + 40, tile.place.y + 22);
            assert_eq!((sheet.is_red(x, y), sheet.is_blue(x, y)), (index < 2, index >= 2), "{source:?} {index}");
        }
    }
    let (path, facts) = Source::Plain.get();
    let spread = Sprite { interval: Interval::Spread, height: VideoSide::new(80), ..wish };
    let sheet = Bitmap::of(&sprite(&spread, &facts, &Limits::default(), &Abilities::all()).unwrap(), &path);
    assert_eq!((sheet.width, sheet.height), (160, 320));
    assert!(sheet.is_red(40, 40) && sheet.is_blue(120, 280));
    assert_eq!(sheet.pixel(40, 2), [0, 0, 0]);
}

#[test]
fn previews_move_and_repeat() {
    let (path, facts) = Source::Plain.get();
    for (format, start) in [(PreviewFormat::Gif, &b"GIF89a"[..]), (PreviewFormat::WebP, &b"RIFF"[..])] {
        let wish = Preview {
            format,
            start: Duration::from_millis(500),
            length: Length::new(1000).unwrap(),
            frame_rate: FrameRate::new(5).unwrap(),
            width: VideoSide::new(160).unwrap(),
        };
        let job = preview(&wish, &facts, &Limits::default(), &Abilities::all()).unwrap();
        let bytes = run(&job, &path, std::path::Path::new("."));
        assert!(bytes.starts_with(start), "{format:?}");
        match format {
            PreviewFormat::Gif => {
                assert_eq!(bytes[6..10], [160, 0, 90, 0]);
                assert!(bytes.windows(11).any(|bytes| bytes == b"NETSCAPE2.0"));
            }
            PreviewFormat::WebP => {
                let frames = bytes.windows(4).filter(|bytes| *bytes == b"ANMF").count();
                assert!(bytes.windows(4).any(|bytes| bytes == b"ANIM") && frames >= 2, "{frames}");
                assert_eq!(bytes.len(), 8 + u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize);
            }
        }
    }
}
