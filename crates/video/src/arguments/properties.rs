//! Whatever a file says of itself, nothing panics, nothing is empty, and none of its text is told to ffmpeg.

use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::Size;
use lightmill_recipe::video::{
    AudioCodec, AudioEncoding, AudioRate, AudioTrack, Bounds, Clip, Container, FrameChoice, FrameRate, FrameTurn,
    H264Profile, Interval, Length, Part, Position, Preview, PreviewFormat, Rendition, Renditions, SpeedPreset, Sprite,
    SpriteFormat, SpriteGrid, VideoCodec, VideoCoding, VideoEncoding, VideoFrame, VideoSide, VideoTrack,
};
use proptest::prelude::*;

use super::testing::facts;
use super::{Abilities, Delivery, Job, Limits, clip, frame, preview, sprite};
use crate::Facts;
use crate::facts::{AudioStream, Matrix, Rotation, Transfer, VideoStream};

/// Text of a file, which must not be found again.
const MARK: &str = "mark";

fn any_facts() -> impl Strategy<Value = Facts> {
    let side = || prop_oneof![1..=32_768u32, 1..=64u32, 300..=2000u32];
    let rate = proptest::option::of(prop_oneof![Just(0.001), Just(1000.0), 1.0..120.0f64]);
    let turns =
        proptest::sample::select(&[Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters][..]);
    let transfers = proptest::sample::select(&[Transfer::Sdr, Transfer::Pq, Transfer::Hlg][..]);
    let numbers = (proptest::option::of(1..2_000_000u64), proptest::option::of(any::<u64>()), any::<bool>());
    (side(), side(), 0.0625..16.0f64, rate, turns, transfers, numbers).prop_map(
        |(width, height, samples, frame_rate, rotation, transfer, (milliseconds, bytes, variable_frame_rate))| {
            let square = Size::new((f64::from(width) * samples).round().max(1.0) as u32, height);
            let stream = VideoStream {
                codec: MARK.to_owned(),
                coded: Size::new(width, height),
                display: if rotation.is_sideways() { square.transposed() } else { square },
                rotation,
                frame_rate,
                variable_frame_rate,
                pixel_format: Some(MARK.to_owned()),
                transfer,
                matrix: Matrix::Unstated,
                ..facts().video.swap_remove(0)
            };
            let sound = AudioStream { codec: MARK.to_owned(), ..facts().audio.swap_remove(0) };
            let duration = milliseconds.map(Duration::from_millis);
            Facts {
                container: MARK.to_owned(),
                duration,
                bytes,
                bit_rate: None,
                video: vec![stream],
                audio: vec![sound],
            }
        },
    )
}

fn assert_sound(job: &Job, even: bool) -> Result<(), TestCaseError> {
    let size = job.forecast.size.unwrap();
    prop_assert!(size.shorter() > 0);
    prop_assert!(!even || (size.width.is_multiple_of(2) && size.height.is_multiple_of(2)), "{size}");
    for word in job.arguments.command_line(&[], "in") {
        prop_assert!(!word.contains(MARK) && !word.contains("NaN") && !word.contains("inf"), "{word}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn frames(
        facts in any_facts(), milliseconds in 0..86_400_000u64, width in proptest::option::of(1..2000u32), number in any::<u32>(),
        key in any::<bool>(), portrait in any::<bool>(),
    ) {
        let choice = if key {
            FrameChoice::KeyFrame(Position::Time(Duration::from_millis(milliseconds)))
        } else {
            FrameChoice::Exact(Position::Frame(number))
        };
        let turn = if portrait { FrameTurn::Portrait } else { FrameTurn::Landscape };
        let wish = VideoFrame { width: width.and_then(NonZeroU32::new), turn, ..VideoFrame::new(choice) };
        if let Ok(job) = frame(&wish, &facts, &Limits::default(), &Abilities::all()) {
            assert_sound(&job, false)?;
        }
    }

    #[test]
    fn clips(
        facts in any_facts(), codec in proptest::sample::select(&VideoCodec::ALL[..]), start in 0..10_000u64,
        width in 16..=8192u16, height in 16..=8192u16, either_way in any::<bool>(), enlarge in any::<bool>(),
    ) {
        let [width, height] = [width, height].map(|side| VideoSide::new(side).unwrap());
        let bounds = Bounds { width, height, either_way, enlarge };
        let video = VideoTrack::Encode(VideoEncoding {
            coding: VideoCoding::new(codec, 30, H264Profile::Main).unwrap(),
            preset: SpeedPreset::Fast,
            frame_rate: FrameRate::new(30),
            renditions: Renditions::one(Rendition { bounds: Some(bounds), max_rate: None }),
        });
        let audio = AudioTrack::Encode(AudioEncoding { codec: AudioCodec::Opus, rate: AudioRate::USUAL });
        let part = Part { start: Duration::from_millis(start), most: Length::new(60_000) };
        let wish = Clip::new(Container::Mkv, video, audio, part).unwrap();
        for delivery in [Delivery::File, Delivery::Stream] {
            if let Ok(job) = clip(&wish, &facts, delivery, &Limits::default(), &Abilities::all()) {
                assert_sound(&job, true)?;
            }
        }
    }

    #[test]
    fn sheets_and_previews(facts in any_facts(), start in 0..10_000u64, spread in any::<bool>(), side in 16..=4096u16) {
        let (width, start) = (VideoSide::new(side), Duration::from_millis(start));
        let interval = if spread { Interval::Spread } else { Interval::Every(Length::new(5000).unwrap()) };
        let (format, grid) = (SpriteFormat::Jpeg, SpriteGrid::new(4, 5).unwrap());
        let wish = Sprite { format, grid, width, height: None, start, interval, frames: None };
        let limits = Limits::default();
        if let Ok(job) = sprite(&wish, &facts, &limits, &Abilities::all()) {
            assert_sound(&job, false)?;
            prop_assert!(job.forecast.size.unwrap().longer() <= limits.result_side);
        }
        let (length, frame_rate) = (Length::new(3000).unwrap(), FrameRate::new(10).unwrap());
        let wish = Preview { format: PreviewFormat::Gif, start, length, frame_rate, width: width.unwrap() };
        if let Ok(job) = preview(&wish, &facts, &limits, &Abilities::all()) {
            assert_sound(&job, false)?;
        }
    }
}

/// Most made-up videos are not over a limit; else the above would say little.
#[test]
fn many_made_up_videos_can_be_worked_on() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let wish = VideoFrame::new(FrameChoice::Exact(Position::Time(Duration::ZERO)));
    let made = (0..200).filter(|_| {
        let facts = any_facts().new_tree(&mut runner).unwrap().current();
        frame(&wish, &facts, &Limits::default(), &Abilities::all()).is_ok()
    });
    let made = made.count();
    assert!(made > 80, "{made}");
}
