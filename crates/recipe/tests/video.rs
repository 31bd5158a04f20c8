//! Clips by chance: parts that do not belong together make none, and different ones have different canonical forms.

use std::time::Duration;

use lightmill_recipe::video::{
    AudioCodec, AudioEncoding, AudioRate, AudioTrack, BitRate, Bounds, Clip, Container, FrameChoice, FrameRate,
    H264Profile, Length, Part, Position, Rendition, Renditions, SegmentLength, SpeedPreset, VideoCodec, VideoCoding,
    VideoEncoding, VideoFrame, VideoSide, VideoTrack,
};
use lightmill_recipe::{Locator, Output, Recipe};
use proptest::prelude::*;
use proptest::sample::select;

fn containers() -> impl Strategy<Value = Container> {
    let hls = (1..=10u8).prop_filter_map("", SegmentLength::new).prop_map(|segment| Container::Hls { segment });
    let files =
        select(&[Container::Mp4, Container::WebM, Container::Mov, Container::Mkv, Container::Avi, Container::Flv][..]);
    prop_oneof![4 => files, 1 => hls]
}

fn renditions() -> impl Strategy<Value = Rendition> {
    let side = || (16..=8192u16).prop_filter_map("", VideoSide::new);
    let bounds = (side(), side(), any::<bool>(), any::<bool>())
        .prop_map(|(width, height, either_way, enlarge)| Bounds { width, height, either_way, enlarge });
    let rate = (1_000..=1_000_000_000u64).prop_filter_map("", BitRate::new);
    (proptest::option::of(bounds), proptest::option::of(rate))
        .prop_map(|(bounds, max_rate)| Rendition { bounds, max_rate })
}

fn video() -> impl Strategy<Value = VideoTrack> {
    let coding = (select(&VideoCodec::ALL[..]), 1..=63u8)
        .prop_filter_map("", |(codec, crf)| VideoCoding::new(codec, crf, H264Profile::Main));
    let encoding = (
        coding,
        select(&SpeedPreset::ALL[..]),
        proptest::option::of((1..=60u8).prop_filter_map("", FrameRate::new)),
        proptest::collection::vec(renditions(), 1..3).prop_filter_map("", Renditions::new),
    )
        .prop_map(|(coding, preset, frame_rate, renditions)| VideoEncoding {
            coding,
            preset,
            frame_rate,
            renditions,
        });
    prop_oneof![Just(VideoTrack::Drop), Just(VideoTrack::Copy), encoding.prop_map(VideoTrack::Encode)]
}

fn audio() -> impl Strategy<Value = AudioTrack> {
    let encoding = (select(&AudioCodec::ALL[..]), (32_000..=320_000u32).prop_filter_map("", AudioRate::new))
        .prop_map(|(codec, rate)| AudioEncoding { codec, rate });
    prop_oneof![Just(AudioTrack::Drop), Just(AudioTrack::Copy), encoding.prop_map(AudioTrack::Encode)]
}

fn parts() -> impl Strategy<Value = Part> {
    let most = proptest::option::of((1..=Length::MOST).prop_filter_map("", Length::new));
    (0..100_000u64, most).prop_map(|(start, most)| Part { start: Duration::from_millis(start), most })
}

fn of(output: Output) -> String {
    Recipe { outputs: vec![output], ..Recipe::new(Locator::key("a.mp4")) }.canonical()
}

proptest! {
    #[test]
    fn a_clip_holds_only_what_its_container_takes(
        container in containers(), video in video(), audio in audio(), part in parts(),
    ) {
        let fits_video = match &video {
            VideoTrack::Encode(encoding) => {
                let several = encoding.renditions.as_slice().len() > 1;
                container.takes_video(encoding.coding.codec()) && (!several || matches!(container, Container::Hls { .. }))
            }
            _ => true,
        };
        let fits_audio = match audio {
            AudioTrack::Encode(encoding) => container.takes_audio(encoding.codec),
            _ => true,
        };
        let something = video != VideoTrack::Drop || audio != AudioTrack::Drop;
        let clip = Clip::new(container, video, audio, part);
        prop_assert_eq!(clip.is_ok(), fits_video && fits_audio && something);
    }

    #[test]
    fn different_clips_have_different_names(
        container in containers(), video in video(), others in (video(), audio(), parts()), audio in audio(), part in parts(),
    ) {
        let clip = |video: &VideoTrack, audio, part| Clip::new(container, video.clone(), audio, part);
        let Ok(one) = clip(&video, audio, part) else { return Ok(()) };
        for other in [clip(&others.0, audio, part), clip(&video, others.1, part), clip(&video, audio, others.2)] {
            let Ok(other) = other else { continue };
            let names = [&one, &other].map(|clip| of(Output::Clip(clip.clone())));
            prop_assert_eq!(one == other, names[0] == names[1]);
        }
    }

    #[test]
    fn different_frames_have_different_names(one in 0..10_000u64, other in 0..10_000u64, key in any::<bool>()) {
        let name = |milliseconds, key: bool| {
            let position = Position::Time(Duration::from_millis(milliseconds));
            let choice = if key { FrameChoice::KeyFrame(position) } else { FrameChoice::Exact(position) };
            let mut recipe = Recipe::new(Locator::key("a.mp4"));
            recipe.inputs[0].video_frame = Some(VideoFrame::new(choice));
            recipe.canonical()
        };
        prop_assert_eq!(name(one, key) == name(other, key), one == other);
        prop_assert_ne!(name(one, key), name(one, !key));
    }
}
