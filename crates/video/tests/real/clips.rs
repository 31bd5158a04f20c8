//! Clips: container, codec, size, rate and duration are those that were asked for.

use std::time::Duration;

use lightmill_recipe::Size;
use lightmill_recipe::video::{
    AudioCodec, AudioEncoding, AudioRate, AudioTrack, BitRate, Bounds, Clip, Container, FrameRate, H264Profile, Length,
    Part, Rendition, Renditions, SegmentLength, SpeedPreset, VideoCodec, VideoCoding, VideoEncoding, VideoSide,
    VideoTrack,
};
use lightmill_video::Facts;
use lightmill_video::arguments::{Abilities, Delivery, Limits, MASTER_PLAYLIST, clip};
use lightmill_video::facts::AudioStream;

use crate::made::{probed, run};
use crate::sources::{Source, facts};

fn step(width: u16, height: u16) -> Rendition {
    let side = |side| VideoSide::new(side).unwrap();
    let bounds = Bounds { width: side(width), height: side(height), either_way: true, enlarge: false };
    Rendition { bounds: Some(bounds), max_rate: BitRate::new(500_000) }
}

fn pictures(codec: VideoCodec, renditions: &[Rendition]) -> VideoTrack {
    VideoTrack::Encode(VideoEncoding {
        coding: VideoCoding::new(codec, 40, H264Profile::Main).unwrap(),
        preset: SpeedPreset::Ultrafast,
        frame_rate: FrameRate::new(30),
        renditions: Renditions::new(renditions.to_vec()).unwrap(),
    })
}

fn sound(codec: AudioCodec) -> AudioTrack {
    AudioTrack::Encode(AudioEncoding { codec, rate: AudioRate::new(32_000).unwrap() })
}

fn made(source: Source, wish: &Clip, delivery: Delivery) -> Facts {
    let (path, facts) = source.get();
    let job = clip(wish, &facts, delivery, &Limits::default(), &Abilities::all()).unwrap();
    let made = probed(&job, &path);
    assert_eq!(made.picture().map(|stream| stream.display), job.forecast.size, "{source:?}");
    if let Some(expected) = job.forecast.duration.filter(|_| delivery == Delivery::File) {
        let difference = made.duration.unwrap().abs_diff(expected);
        assert!(difference < Duration::from_millis(150), "{source:?}: {:?} for {expected:?}", made.duration);
    }
    made
}

fn wish(container: Container, video: VideoTrack, audio: AudioTrack) -> Clip {
    Clip::new(container, video, audio, Part::default()).unwrap()
}

#[test]
fn every_container_and_codec() {
    for (container, video, audio) in [
        (Container::Mp4, VideoCodec::H264, AudioCodec::Aac),
        (Container::Mp4, VideoCodec::H265, AudioCodec::Mp3),
        (Container::Mp4, VideoCodec::Av1, AudioCodec::Opus),
        (Container::WebM, VideoCodec::Vp8, AudioCodec::Vorbis),
        (Container::WebM, VideoCodec::Vp9, AudioCodec::Opus),
        (Container::Mov, VideoCodec::H264, AudioCodec::Aac),
        (Container::Mkv, VideoCodec::H265, AudioCodec::Vorbis),
        (Container::Avi, VideoCodec::H264, AudioCodec::Mp3),
        (Container::Avi, VideoCodec::Vp8, AudioCodec::Aac),
        (Container::Flv, VideoCodec::H264, AudioCodec::Mp3),
    ] {
        let wish = wish(container, pictures(video, &[step(160, 90)]), sound(audio));
        let deliveries = [Delivery::File, Delivery::Stream];
        // The codec of a stream is that of the file.
        for delivery in deliveries.into_iter().skip(usize::from(matches!(video, VideoCodec::H265 | VideoCodec::Vp8))) {
            let made = made(Source::Plain, &wish, delivery);
            let stream = made.picture().unwrap();
            assert_eq!((stream.known_codec(), stream.display), (Some(video), Size::new(160, 90)), "{container:?}");
            assert_eq!(made.sound().and_then(AudioStream::known_codec), Some(audio), "{container:?} {delivery:?}");
            assert!(
                made.container.split(',').any(|name| name == container.name() || name == "matroska"),
                "{}",
                made.container
            );
        }
    }
}

#[test]
fn ratios_turns_and_sides() {
    let mp4 =
        |width, height| wish(Container::Mp4, pictures(VideoCodec::H264, &[step(width, height)]), AudioTrack::Drop);
    for (source, wish, width, height) in [
        (Source::Plain, mp4(1280, 720), 320, 180),
        (Source::Rotated, mp4(160, 90), 90, 160),
        (Source::Anamorphic, mp4(1280, 720), 428, 180),
        (Source::Anamorphic, mp4(100, 100), 100, 42),
        (Source::Silent, mp4(99, 99), 98, 56),
        (Source::Hevc, mp4(160, 90), 160, 90),
        (Source::Vp9, mp4(160, 90), 160, 90),
        (Source::Hlg, mp4(160, 90), 160, 90),
    ] {
        let made = made(source, &wish, Delivery::File);
        let stream = made.picture().unwrap();
        assert_eq!(stream.coded, Size::new(width, height), "{source:?}");
        assert_eq!((stream.rotation.degrees(), stream.pixel_format.as_deref()), (0, Some("yuv420p")), "{source:?}");
        assert!(!stream.transfer.is_high_dynamic_range() && made.audio.is_empty());
    }
}

#[test]
fn frames_are_never_added() {
    let at_most_30 = wish(Container::Mp4, pictures(VideoCodec::H264, &[step(160, 90)]), AudioTrack::Drop);
    let frames = |source| made(source, &at_most_30, Delivery::File).picture().unwrap().frames;
    assert_eq!(frames(Source::Plain), Some(50));
    assert_eq!(frames(Source::Fast), Some(60));
    let (_, variable) = Source::Variable.get();
    assert!(variable.picture().unwrap().variable_frame_rate);
    assert_eq!(frames(Source::Variable), variable.picture().unwrap().frames);
}

#[test]
fn pieces_and_copies() {
    let part = Part { start: Duration::from_millis(500), most: Length::new(1000) };
    let piece =
        Clip::new(Container::Mp4, pictures(VideoCodec::H264, &[step(160, 90)]), sound(AudioCodec::Aac), part).unwrap();
    assert_eq!(made(Source::Plain, &piece, Delivery::File).picture().unwrap().frames, Some(25));
    let copy = wish(Container::Mov, VideoTrack::Copy, AudioTrack::Copy);
    let copied = made(Source::Rotated, &copy, Delivery::File);
    let (_, source) = Source::Rotated.get();
    assert_eq!(copied.picture().unwrap().rotation, source.picture().unwrap().rotation);
    assert_eq!(copied.picture().unwrap().frames, Some(50));
    assert!(copied.sound().is_some());
}

#[test]
fn an_index_stands_in_front() {
    let (path, facts) = Source::Plain.get();
    let mp4 = wish(Container::Mp4, pictures(VideoCodec::H264, &[step(160, 90)]), sound(AudioCodec::Aac));
    let folder = tempfile::tempdir().unwrap();
    let job = clip(&mp4, &facts, Delivery::File, &Limits::default(), &Abilities::all()).unwrap();
    assert!(run(&job, &path, folder.path()).is_empty());
    let place = |bytes: &[u8], name: &[u8]| bytes.windows(4).position(|four| four == name).unwrap();
    let file = std::fs::read(folder.path().join("clip.mp4")).unwrap();
    assert!(place(&file, b"moov") < place(&file, b"mdat"));
    // The same wish gives the same bytes.
    run(&job, &path, folder.path());
    assert_eq!(std::fs::read(folder.path().join("clip.mp4")).unwrap(), file);
    let job = clip(&mp4, &facts, Delivery::Stream, &Limits::default(), &Abilities::all()).unwrap();
    let streamed = run(&job, &path, folder.path());
    assert!(place(&streamed, b"moov") < place(&streamed, b"moof"));
}

#[test]
fn a_ladder_has_playlists_and_segments() {
    let (path, source) = Source::Plain.get();
    let hls = Container::Hls { segment: SegmentLength::new(1).unwrap() };
    for (renditions, playlists) in [(vec![step(160, 90)], 1), (vec![step(320, 180), step(160, 90)], 3)] {
        let wish = wish(hls, pictures(VideoCodec::H264, &renditions), sound(AudioCodec::Aac));
        let job = clip(&wish, &source, Delivery::File, &Limits::default(), &Abilities::all()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        run(&job, &path, folder.path());
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let master = read(MASTER_PLAYLIST);
        assert_eq!(master.matches("#EXT-X-STREAM-INF").count(), renditions.len(), "{master}");
        for index in 0..playlists {
            let playlist = read(&format!("playlist_{index}.m3u8"));
            assert!(master.contains(&format!("playlist_{index}.m3u8")), "{master}");
            assert!(
                playlist.contains("#EXT-X-ENDLIST") && playlist.contains("#EXT-X-PLAYLIST-TYPE:EVENT"),
                "{playlist}"
            );
            // Sound is cut where its own packets end.
            let segments = playlist.matches("#EXTINF").count();
            assert!(segments == 2 || (index == 2 && segments == 3), "{playlist}");
            assert!(
                playlist.contains(&format!("init_{index}.mp4"))
                    && playlist.contains(&format!("segment_{index}_00001.m4s"))
            );
        }
        let first = facts(&folder.path().join("playlist_0.m3u8"));
        assert_eq!(first.picture().map(|stream| stream.display), job.forecast.size);
    }
}
