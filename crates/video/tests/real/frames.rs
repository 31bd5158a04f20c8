//! Frames: the right one, upright, in the right size.

use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::video::{BestFrame, FrameChoice, FrameTurn, Position, VideoFrame};
use lightmill_video::arguments::{Abilities, Limits, frame};

use crate::made::Bitmap;
use crate::sources::Source;

fn at(milliseconds: u64) -> Position {
    Position::Time(Duration::from_millis(milliseconds))
}

fn picture(source: Source, wish: &VideoFrame) -> Bitmap {
    let (path, facts) = source.get();
    let job = frame(wish, &facts, &Limits::default(), &Abilities::all()).unwrap();
    let made = Bitmap::of(&job, &path);
    let forecast = job.forecast.size.unwrap();
    assert_eq!((made.width, made.height), (forecast.width, forecast.height), "{source:?}");
    made
}

fn of(source: Source, choice: FrameChoice) -> Bitmap {
    picture(source, &VideoFrame::new(choice))
}

#[test]
fn exact_frames_and_key_frames() {
    use FrameChoice::{Exact, KeyFrame};
    for source in [Source::Plain, Source::Hevc, Source::Vp9, Source::Variable] {
        assert!(of(source, Exact(at(0))).is_red(160, 90), "{source:?}");
        assert!(of(source, Exact(at(900))).is_red(160, 90), "{source:?}");
        assert!(of(source, Exact(at(1500))).is_blue(160, 90), "{source:?}");
    }
    assert!(of(Source::Plain, KeyFrame(at(960))).is_red(160, 90));
    assert!(of(Source::Plain, KeyFrame(at(1990))).is_blue(160, 90));
    assert!(of(Source::Plain, Exact(Position::Frame(24))).is_red(160, 90));
    assert!(of(Source::Plain, Exact(Position::Frame(25))).is_blue(160, 90));
}

#[test]
fn behind_the_end_is_the_last_frame() {
    for source in [Source::Plain, Source::Hevc, Source::Vp9, Source::Variable] {
        for moment in [1990, 2000, 99_999] {
            assert!(of(source, FrameChoice::Exact(at(moment))).is_blue(160, 90), "{source:?} {moment}");
        }
        // The one key frame of the others is the first one.
        let last_key_frame = of(source, FrameChoice::KeyFrame(at(99_999)));
        assert_eq!(last_key_frame.is_blue(160, 90), source == Source::Plain, "{source:?}");
    }
}

#[test]
fn the_best_frame_is_one_of_them() {
    let best = of(Source::Plain, FrameChoice::Best(BestFrame { from: at(1200), frames: NonZeroU32::new(10) }));
    assert!(best.is_blue(160, 90));
}

#[test]
fn frames_are_upright_and_their_pixels_square() {
    let exact = VideoFrame::new(FrameChoice::Exact(at(0)));
    let size = |source, wish: &VideoFrame| {
        let made = picture(source, wish);
        assert!(made.is_red(1, 1) && made.is_red(made.width - 2, made.height - 2));
        (made.width, made.height)
    };
    assert_eq!(size(Source::Plain, &exact), (320, 180));
    assert_eq!(size(Source::Rotated, &exact), (180, 320));
    assert_eq!(size(Source::Anamorphic, &exact), (427, 180));
    let lying = VideoFrame { turn: FrameTurn::Landscape, ..exact };
    assert_eq!(size(Source::Rotated, &lying), (320, 180));
    let narrow = VideoFrame { width: NonZeroU32::new(90), ..exact };
    assert_eq!(size(Source::Rotated, &narrow), (90, 160));
    let stretched = VideoFrame { height: NonZeroU32::new(33), ..narrow };
    assert_eq!(size(Source::Plain, &stretched), (90, 33));
}

#[test]
fn high_dynamic_range_is_tone_mapped() {
    let made = of(Source::Hlg, FrameChoice::Exact(at(0)));
    assert!(made.is_red(160, 90), "{:?}", made.pixel(160, 90));
}
