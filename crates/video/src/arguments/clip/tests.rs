use lightmill_recipe::video::{
    AudioCodec, AudioEncoding, AudioRate, BitRate, Bounds, FrameRate, H264Profile, Length, Part, Rendition, Renditions,
    SegmentLength, SpeedPreset, VideoCoding, VideoSide,
};

use super::super::testing::{before_input, behind_input, facts};
use super::*;
use crate::facts::Transfer;

const HLS: Container = Container::Hls { segment: SegmentLength::USUAL };

fn step(width: u16, height: u16, kilobits: u64) -> Rendition {
    let side = |side| VideoSide::new(side).unwrap();
    let bounds = Bounds { width: side(width), height: side(height), either_way: true, enlarge: false };
    Rendition { bounds: Some(bounds), max_rate: BitRate::new(kilobits * 1000) }
}

fn encoding(codec: VideoCodec, crf: u8, renditions: &[Rendition]) -> VideoTrack {
    VideoTrack::Encode(VideoEncoding {
        coding: VideoCoding::new(codec, crf, H264Profile::Main).unwrap(),
        preset: SpeedPreset::Medium,
        frame_rate: FrameRate::new(30),
        renditions: Renditions::new(renditions.to_vec()).unwrap(),
    })
}

fn plain(codec: VideoCodec) -> VideoTrack {
    encoding(codec, 30, &[Rendition { bounds: None, max_rate: None }])
}

fn sound(codec: AudioCodec) -> AudioTrack {
    AudioTrack::Encode(AudioEncoding { codec, rate: AudioRate::USUAL })
}

fn wish(container: Container, video: VideoTrack, audio: AudioTrack) -> Clip {
    Clip::new(container, video, audio, Part::default()).unwrap()
}

fn made(wish: &Clip, facts: &Facts, delivery: Delivery) -> Result<Job, Error> {
    clip(wish, facts, delivery, &Limits::default(), &Abilities::all())
}

fn line(wish: &Clip, facts: &Facts, delivery: Delivery) -> String {
    behind_input(&made(wish, facts, delivery).unwrap().arguments)
}

#[test]
fn an_mp4_as_compress_asks_for_it() {
    let wish = wish(Container::Mp4, encoding(VideoCodec::H264, 23, &[step(1280, 720, 1500)]), sound(AudioCodec::Aac));
    assert_eq!(
        line(&wish, &facts(), Delivery::File),
        "-map 0:0 -filter:v scale=1280:720:flags=lanczos+accurate_rnd+full_chroma_int,format=yuv420p,setsar=1 -c:v libx264 -crf \
         23 -preset medium -profile:v main -maxrate:v:0 1500000 -bufsize:v:0 3000000 -pix_fmt yuv420p -fps_mode vfr -g 100 -threads 2 \
         -flags:v +bitexact -map 0:1 -c:a aac -b:a 128000 -ac 2 -ar 48000 -flags:a +bitexact -sn -dn -map_metadata -1 \
         -map_chapters -1 -fflags +bitexact -fs 104857600 -f mp4 -movflags +faststart clip.mp4"
    );
    let streamed = line(&wish, &facts(), Delivery::Stream);
    let expected = "-movflags +frag_keyframe+empty_moov+default_base_moof+delay_moov -frag_duration 1000000 pipe:1";
    assert!(streamed.ends_with(expected), "{streamed}");
    let forecast = made(&wish, &facts(), Delivery::File).unwrap().forecast;
    assert_eq!((forecast.size, forecast.duration), (Some(Size::new(1280, 720)), Some(Duration::from_secs(10))));
    // Capped by the rate: (1,500 + 128) kbit/s for 10 s.
    assert_eq!(forecast.bytes, 2_035_000);
    assert!(forecast.work > Duration::from_secs(15) && forecast.work < Duration::from_mins(1), "{forecast:?}");
}

#[test]
fn every_encoder_has_its_own_words() {
    for (container, codec, audio, expected) in [
        (
            Container::Mp4,
            VideoCodec::H265,
            AudioCodec::Aac,
            "-c:v libx265 -crf 30 -preset medium -x265-params log-level=error:pools=2 -tag:v hvc1 -pix_fmt",
        ),
        (Container::Mkv, VideoCodec::H265, AudioCodec::Vorbis, "-x265-params log-level=error:pools=2 -pix_fmt"),
        (
            Container::WebM,
            VideoCodec::Vp9,
            AudioCodec::Opus,
            "-c:v libvpx-vp9 -crf 30 -deadline good -cpu-used 2 -row-mt 1 -b:v:0 0 -pix_fmt",
        ),
        (
            Container::WebM,
            VideoCodec::Vp8,
            AudioCodec::Vorbis,
            "-c:v libvpx -crf 30 -deadline good -cpu-used 2 -b:v:0 25920000 -pix_fmt",
        ),
        (
            Container::Mp4,
            VideoCodec::Av1,
            AudioCodec::Opus,
            "-c:v libsvtav1 -crf 30 -preset 7 -svtav1-params lp=2 -pix_fmt",
        ),
    ] {
        let line = line(&wish(container, plain(codec), sound(audio)), &facts(), Delivery::Stream);
        assert!(line.contains(expected), "{line}");
    }
    let capped = wish(Container::WebM, encoding(VideoCodec::Vp9, 31, &[step(640, 360, 500)]), AudioTrack::Drop);
    let line = line(&capped, &facts(), Delivery::Stream);
    assert!(
        line.contains("-b:v:0 500000 -maxrate:v:0 500000 -bufsize:v:0 1000000") && line.contains(" -an "),
        "{line}"
    );
    assert!(line.ends_with("-f webm -live 1 pipe:1"), "{line}");
}

#[test]
fn the_piece_is_sought_before_the_input() {
    let part = Part { start: Duration::from_millis(1500), most: Length::new(2000) };
    let wish = Clip::new(Container::Mp4, plain(VideoCodec::H264), AudioTrack::Copy, part).unwrap();
    let job = made(&wish, &facts(), Delivery::File).unwrap();
    assert_eq!(before_input(&job.arguments), "-threads 2 -ss 1.500000 -t 2.000000");
    assert_eq!(job.forecast.duration, Some(Duration::from_secs(2)));
    assert!(behind_input(&job.arguments).contains("-c:a copy"));
    // Up to the end nothing is bounded but what has no known end.
    let all = self::wish(Container::Mp4, plain(VideoCodec::H264), AudioTrack::Drop);
    assert_eq!(before_input(&made(&all, &facts(), Delivery::File).unwrap().arguments), "-threads 2");
    let endless = Facts { duration: None, ..facts() };
    let fast = Clip::new(Container::Mp4, VideoTrack::Copy, AudioTrack::Drop, Part::default()).unwrap();
    let job = made(&fast, &endless, Delivery::File).unwrap();
    assert_eq!((before_input(&job.arguments).as_str(), job.forecast.duration), ("-threads 2 -t 600.000000", None));
}

#[test]
fn copies_need_a_container_that_takes_them() {
    let copy = |container| wish(container, VideoTrack::Copy, AudioTrack::Copy);
    assert!(line(&copy(Container::Mp4), &facts(), Delivery::File).starts_with("-map 0:0 -c:v copy -map 0:1 -c:a copy"));
    let error = made(&copy(Container::WebM), &facts(), Delivery::File).unwrap_err();
    assert_eq!(error.to_string(), "webm does not hold h264, which the source has; it cannot be copied");
    let mut other = facts();
    other.audio[0].codec = "ac3".to_owned();
    let error = made(&copy(Container::Mp4), &other, Delivery::File).unwrap_err();
    assert_eq!(error, Error::CannotCopy { container: "mp4", codec: "ac3".to_owned() });
    assert!(made(&copy(Container::Mkv), &other, Delivery::File).is_ok());
    let mut turned = facts();
    turned.video[0].rotation = Rotation::Quarter;
    assert!(made(&copy(Container::Mov), &turned, Delivery::File).is_ok());
    assert_eq!(made(&copy(Container::Mkv), &turned, Delivery::File), Err(Error::RotationLost { container: "mkv" }));
}

#[test]
fn what_is_moved_to_0_is_a_copy_from_the_middle_alone() {
    let copy = |start| {
        let part = Part { start: Duration::from_secs(start), most: None };
        line(&Clip::new(Container::Mp4, VideoTrack::Copy, AudioTrack::Copy, part).unwrap(), &facts(), Delivery::File)
    };
    assert!(copy(2).contains("-avoid_negative_ts make_zero") && !copy(0).contains("avoid_negative_ts"));
    assert_eq!(before_input(&remux(Container::Mp4)), "-copyts");
}

#[test]
fn fields_become_whole_pictures_before_anything_else() {
    let mut woven = facts();
    woven.video[0].interlaced = true;
    let ladder = [step(640, 360, 500), step(320, 180, 300)];
    for (renditions, expected) in [
        (&ladder[..1], "-filter:v bwdif=mode=send_frame:deint=interlaced,scale=640:360"),
        (&ladder[..], "-filter_complex [0:0]bwdif=mode=send_frame:deint=interlaced,split=2"),
    ] {
        let wish = wish(HLS, encoding(VideoCodec::H264, 23, renditions), AudioTrack::Drop);
        let line = line(&wish, &woven, Delivery::File);
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn tracks_that_are_missing() {
    let silent = Facts { audio: Vec::new(), ..facts() };
    let both = wish(Container::Mp4, plain(VideoCodec::H264), sound(AudioCodec::Aac));
    assert!(line(&both, &silent, Delivery::File).contains(" -an "));
    let deaf = Facts { video: Vec::new(), ..facts() };
    assert_eq!(made(&both, &deaf, Delivery::File), Err(Error::NoPictures));
    let only_sound = wish(Container::Mp4, VideoTrack::Drop, sound(AudioCodec::Aac));
    assert!(line(&only_sound, &deaf, Delivery::File).starts_with("-vn -map 0:1 -c:a aac"));
    assert_eq!(made(&only_sound, &silent, Delivery::File), Err(Error::Nothing));
}

#[test]
fn a_ladder_is_decoded_once() {
    let steps = [step(1280, 720, 2764), step(640, 360, 691)];
    let ladder = wish(HLS, encoding(VideoCodec::H264, 23, &steps), sound(AudioCodec::Aac));
    let line = line(&ladder, &facts(), Delivery::Stream);
    for part in [
        "-filter_complex [0:0]split=2[s0][s1];[s0]scale=1280:720",
        "-map [v0] -map [v1] -c:v libx264",
        "-maxrate:v:0 2764000 -bufsize:v:0 5528000 -maxrate:v:1 691000 -bufsize:v:1 1382000",
        "-force_key_frames expr:gte(t,n_forced*4)",
        "-f hls -hls_time 4 -hls_playlist_type event",
        "-hls_fmp4_init_filename init_%v.mp4 -hls_segment_filename segment_%v_%05d.m4s -master_pl_name master.m3u8",
        "-var_stream_map v:0,agroup:sound v:1,agroup:sound a:0,agroup:sound,default:yes playlist_%v.m3u8",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[test]
fn limits_have_names() {
    let wish = wish(Container::Mp4, plain(VideoCodec::H264), AudioTrack::Drop);
    let refused = |facts: Facts| made(&wish, &facts, Delivery::File).unwrap_err().to_string();
    let long = Facts { duration: Some(Duration::from_mins(15)), ..facts() };
    assert_eq!(refused(long), "video_duration_seconds is 900, over the limit of 600");
    let large = Facts { bytes: Some(300 << 20), ..facts() };
    assert_eq!(refused(large), "video_source_bytes is 314572800, over the limit of 209715200");
    let mut slow = Facts { duration: Some(Duration::from_secs(599)), ..facts() };
    slow.video[0].frame_rate = Some(120.0);
    let best = VideoEncoding {
        coding: VideoCoding::new(VideoCodec::H264, 18, H264Profile::High).unwrap(),
        preset: SpeedPreset::Veryslow,
        frame_rate: None,
        renditions: Renditions::one(Rendition { bounds: None, max_rate: None }),
    };
    let best = self::wish(Container::Mp4, VideoTrack::Encode(best), AudioTrack::Drop);
    let error = made(&best, &slow, Delivery::File).unwrap_err().to_string();
    assert!(error.starts_with("video_work_seconds is ") && error.ends_with("over the limit of 300"), "{error}");
    let mut hdr = facts();
    hdr.video[0].transfer = Transfer::Pq;
    assert!(line(&wish, &hdr, Delivery::File).contains("-filter:v zscale=t=linear"));
    let plain = Abilities { tone_mapping: false, ..Abilities::all() };
    let refused = clip(&wish, &hdr, Delivery::File, &Limits::default(), &plain);
    assert_eq!(refused, Err(Error::HighDynamicRange));
}
