//! Videos as phones, cameras, editors and broadcasters write them: what is made of each is upright, of the right size, in
//! step with its sound, and as long as it was.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::corners::{BEGINS, GOES_ON, H264, SECONDS, Seen, Stored, corners, turned};
use common::film::{clip, frames_of, kept};
use common::hls::{good, joined, named, whole};
use common::{Options, Service};
use lightmill_testkit::{Client, Picture, Scratch};

/// A source, and what it must become.
#[derive(Clone, Copy)]
struct Expected<'a> {
    /// The source's name.
    name: &'a str,
    /// The source as it is shown.
    shown: (u32, u32),
    /// Clips of it.
    clip: (u32, u32),
    frames: usize,
    sound: bool,
    /// Seconds that the playlist of its HLS states.
    listed: f64,
}

impl Default for Expected<'_> {
    fn default() -> Self {
        Self { name: "film.mp4", shown: (192, 108), clip: (192, 108), frames: 50, sound: true, listed: SECONDS }
    }
}

/// Everything that can be made of a source.
fn prove(source: &[u8], expected: Expected<'_>) {
    let Expected { name, shown, .. } = expected;
    let service = Service::with(&Options { files: &[(name, source)], ..Options::default() });
    let client = service.server.client();
    let wish = |wish: &str| format!("/{name}?x-oss-process=video/{wish}");

    let info = good(&client, &wish("info")).json();
    let display = &info["video"][0]["display"];
    assert_eq!((display["width"].as_u64(), display["height"].as_u64()), (Some(shown.0.into()), Some(shown.1.into())));
    let told = info["duration_seconds"].as_f64().unwrap();
    assert!((told - SECONDS).abs() < 0.1, "{info}");
    for (time, pattern) in [(500, BEGINS), (1500, GOES_ON), (9000, GOES_ON)] {
        let frame = good(&client, &wish(&format!("snapshot,t_{time},f_png")));
        let frame = Picture::decode(&frame.body).unwrap();
        assert_eq!(((frame.width(), frame.height()), corners(&frame)), (shown, pattern), "at {time}");
    }

    for (made, codecs) in [("compress", ["h264", "aac"]), ("compress,fmt_webm", ["vp9", "opus"])] {
        let grown = good(&client, &wish(made));
        check(&Seen::of(&grown.body), expected, codecs, 0.03, made);
        let clip = kept(&client, &wish(made));
        let seen = Seen::of(&clip.body);
        check(&seen, expected, codecs, 0.03, made);
        lasts(&seen, made);
    }
    let (hls, seconds) = played(&client, &wish("compress,fmt_hls"));
    assert!((seconds - expected.listed).abs() < 0.09, "hls: {seconds} s");
    // Players begin with the moment of the first segment, whatever it is.
    check(&Seen::of(&hls), expected, ["h264", "aac"], 0.5, "hls");
}

/// All of the only version of an HLS video, and how long its playlist says that it is.
fn played(client: &Client, target: &str) -> (Vec<u8>, f64) {
    let media = named(target, &good(client, target).text()).pop().unwrap();
    let text = whole(client, &media);
    let lengths = text.split("#EXTINF:").skip(1).map(|rest| rest.split(',').next().unwrap().parse::<f64>().unwrap());
    (joined(client, target, &text), lengths.sum())
}

fn lasts(seen: &Seen, made: &str) {
    let duration = Seen::seconds(&seen.told["format"]["duration"]);
    assert!((duration - SECONDS).abs() < 0.09, "{made}: {duration} s");
}

/// `late`: when the first frame may be shown, in seconds.
fn check(seen: &Seen, expected: Expected<'_>, codecs: [&str; 2], late: f64, made: &str) {
    let video = seen.stream("video");
    let Expected { clip: (width, height), frames, sound, .. } = expected;
    assert_eq!(
        (video["width"].as_u64(), video["height"].as_u64()),
        (Some(width.into()), Some(height.into())),
        "{made}"
    );
    let words = ["codec_name", "pix_fmt", "sample_aspect_ratio"].map(|name| video[name].as_str().unwrap_or("none"));
    assert_eq!(words, [codecs[0], "yuv420p", "1:1"], "{made}");
    assert!(video["side_data_list"].is_null() && video["tags"]["rotate"].is_null(), "{made}: {video}");
    let streams = seen.told["streams"].as_array().unwrap().len();
    assert_eq!(streams, 1 + usize::from(sound), "{made}");

    let start = Seen::seconds(&video["start_time"]);
    assert!((-0.001..late).contains(&start), "{made}: begins at {start}");

    assert_eq!(seen.frames.len(), frames, "{made}");
    let change = seen.frames.iter().position(|(_, corners)| *corners == GOES_ON).unwrap();
    for (index, (moment, corners)) in seen.frames.iter().enumerate() {
        assert_eq!(*corners, if index < change { BEGINS } else { GOES_ON }, "{made}: {index} at {moment}");
    }
    let lasted = seen.frames[change].0 - seen.frames[0].0;
    assert!((lasted - SECONDS / 2.0).abs() < 0.041, "{made}: it changes after {lasted} s");
    if sound {
        let audio = seen.stream("audio");
        assert_eq!(audio["codec_name"], codecs[1], "{made}");
        assert!(audio["channels"].as_u64().unwrap() <= 2, "{made}");
        let between = (Seen::seconds(&audio["start_time"]) - start).abs();
        assert!(between < 0.05, "{made}: sound and pictures begin {between} s apart");
        let between = (seen.tone.unwrap() - seen.frames[change].0).abs();
        assert!(between < 0.05, "{made}: tone and change are {between} s apart");
    }
}

fn stored(stored: Stored<'_>, expected: Expected<'_>) {
    prove(&stored.bytes(), Expected { name: stored.name, sound: stored.sound, ..expected });
}

#[test]
fn hevc() {
    for format in ["yuv420p", "yuv420p10le"] {
        let options =
            ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", format];
        stored(Stored { options: &options, ..Stored::default() }, Expected::default());
    }
}

#[test]
fn vp9_and_opus_in_webm() {
    let options = ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-pix_fmt", "yuv420p"];
    stored(Stored { name: "film.webm", options: &options, ..Stored::default() }, Expected::default());
}

#[test]
fn av1() {
    let options = ["-c:v", "libsvtav1", "-preset", "12", "-pix_fmt", "yuv420p", "-loglevel", "error"];
    stored(Stored { options: &options, ..Stored::default() }, Expected::default());
}

#[test]
fn mpeg4_and_mp3_in_avi() {
    let options = ["-c:v", "mpeg4", "-q:v", "2", "-c:a", "libmp3lame"];
    stored(Stored { name: "film.avi", options: &options, ..Stored::default() }, Expected::default());
}

#[test]
fn turned_pictures_become_upright() {
    for (degrees, filters, size) in
        [(90, "transpose=cclock", (108, 192)), (180, "hflip,vflip", (192, 108)), (270, "transpose=clock", (108, 192))]
    {
        // The filters turn it to what is stored.
        let shown = (size.0, size.1);
        let film = Stored { size: shown, filters, ..Stored::default() }.bytes();
        prove(&turned(film, degrees), Expected { shown, clip: shown, ..Expected::default() });
    }
}

#[test]
fn pixels_become_square() {
    let film = Stored { size: (144, 108), filters: "setsar=4/3", ..Stored::default() };
    stored(film, Expected::default());
}

#[test]
fn frames_at_uneven_moments_stay_where_they_are() {
    let options = [&H264[..], &["-fps_mode", "vfr"]].concat();
    // ffmpeg's playlist counts the frames of the last segment, as if they were at even distances: 30 at 25 a second.
    let listed = 1.2;
    let filters = "select='lt(t,1)*not(mod(n,5))+gte(t,1)'";
    stored(
        Stored { filters, options: &options, ..Stored::default() },
        Expected { frames: 30, listed, ..Expected::default() },
    );
}

#[test]
fn many_b_frames_and_no_sound() {
    let options = ["-c:v", "libx264", "-bf", "8", "-pix_fmt", "yuv420p"];
    stored(Stored { options: &options, sound: false, ..Stored::default() }, Expected::default());
}

#[test]
fn copies_begin_at_the_beginning() {
    let film = Stored { options: &["-c:v", "libx264", "-bf", "4", "-pix_fmt", "yuv420p"], ..Stored::default() }.bytes();
    let service = Service::with(&Options { files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    for (container, late) in [("mp4", 0.03), ("mov", 0.03), ("mkv", 0.2)] {
        let target = format!("/film.mp4?x-oss-process=video/transcode,fmt_{container},vcodec_copy,acodec_copy");
        good(&client, &target);
        let seen = Seen::of(&kept(&client, &target).body);
        check(&seen, Expected::default(), ["h264", "aac"], late, container);
    }
}

#[test]
fn odd_sides_become_even() {
    let options = ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-pix_fmt", "yuv420p"];
    let film = Stored { name: "film.webm", size: (193, 109), options: &options, ..Stored::default() };
    stored(film, Expected { shown: (193, 109), clip: (194, 110), ..Expected::default() });
}

#[test]
fn surround_sound_becomes_stereo() {
    let options = [&H264[..], &["-ac", "6", "-c:a", "aac"]].concat();
    stored(Stored { options: &options, ..Stored::default() }, Expected::default());
}

#[test]
fn high_dynamic_range_becomes_usual() {
    for transfer in ["smpte2084", "arib-std-b67"] {
        let options = [
            ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"],
            ["-color_trc", transfer, "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-tag:v", "hvc1"],
        ];
        stored(Stored { options: &options.concat(), ..Stored::default() }, Expected::default());
    }
}

/// How many frames of a clip look as if they were woven of two fields, and how many do not.
fn woven(film: &[u8]) -> (u64, u64) {
    let folder = Scratch::new().unwrap();
    let file = folder.write("made", film).unwrap();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-hide_banner", "-nostats", "-i"]).arg(file).args(["-an", "-vf", "idet", "-f", "null", "-"]);
    let said = String::from_utf8(ffmpeg.output().unwrap().stderr).unwrap();
    let line = said.lines().find(|line| line.contains("Multi frame detection")).unwrap();
    let count =
        |name: &str| line.split(name).nth(1).unwrap().split_whitespace().next().unwrap().parse::<u64>().unwrap();
    (count("TFF:") + count("BFF:"), count("Progressive:"))
}

#[test]
fn fields_are_not_woven_into_what_is_made() {
    let options = [&H264[..], &["-flags", "+ilme+ildct", "-x264-params", "tff=1"]].concat();
    let film =
        clip("testsrc2=size=192x108:rate=50:duration=2,scroll=h=0.02,interlace=lowpass=off", &options, "film.mp4");
    let (fields, whole) = woven(&film);
    assert!(fields > 40 && whole < 10, "the source: {fields} {whole}");
    let service = Service::with(&Options { files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let info = good(&client, "/film.mp4?x-oss-process=video/info").json();
    assert_eq!(info["video"][0]["interlaced"], true, "{info}");
    let made = good(&client, "/film.mp4?x-oss-process=video/compress,q_1,br_9000").body;
    assert_eq!(frames_of(&made).0, 50);
    let (fields, whole) = woven(&made);
    assert!(fields < 5 && whole > 40, "{fields} {whole}");

    // Neighbouring lines of one moment are alike.
    let frame = good(&client, "/film.mp4?x-oss-process=video/snapshot,t_1000,f_png");
    assert!(combing(&Picture::decode(&frame.body).unwrap()) < combing(&raw_frame(&film)) / 2.0);
}

/// How much lines differ from the mean of the lines beside them.
fn combing(picture: &Picture) -> f64 {
    let green = |x, y| f64::from(picture.pixel(x, y).unwrap()[1]);
    let places = (1..picture.height() - 1).flat_map(|y| (0..picture.width()).map(move |x| (x, y)));
    let sum: f64 = places.map(|(x, y)| (green(x, y) - f64::midpoint(green(x, y - 1), green(x, y + 1))).abs()).sum();
    sum / f64::from(picture.width() * (picture.height() - 2))
}

/// The frame at 1 s as it is stored.
fn raw_frame(film: &[u8]) -> Picture {
    let folder = Scratch::new().unwrap();
    let file = folder.write("made", film).unwrap();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-ss", "1", "-i"]).arg(file).args(["-frames:v", "1", "-c:v", "png"]);
    Picture::decode(&ffmpeg.args(["-f", "image2pipe", "-"]).output().unwrap().stdout).unwrap()
}

#[test]
fn the_index_may_stand_at_the_end_and_the_end_may_be_missing() {
    let place = |film: &[u8], name: &[u8]| film.windows(4).position(|four| four == name).unwrap();
    let film = Stored::default().bytes();
    assert!(place(&film, b"moov") > place(&film, b"mdat"));
    prove(&film, Expected::default());

    let options = [&H264[..], &["-movflags", "+faststart", "-g", "5"]].concat();
    let film = Stored { options: &options, ..Stored::default() }.bytes();
    let (index, data) = (place(&film, b"moov"), place(&film, b"mdat"));
    assert!(index < data);
    let half = &film[..data + (film.len() - data) * 2 / 5];
    let service = Service::with(&Options { files: &[("half.mp4", half)], ..Options::default() });
    let client = service.server.client();
    let frame = good(&client, "/half.mp4?x-oss-process=video/snapshot,t_200,f_png");
    assert_eq!(corners(&Picture::decode(&frame.body).unwrap()), BEGINS);
    let made = good(&client, "/half.mp4?x-oss-process=video/compress").body;
    let frames = Seen::of(&made).frames;
    assert!((8..45).contains(&frames.len()), "{} frames", frames.len());
    assert_eq!(frames[0].1, BEGINS);
}

#[test]
fn sound_alone_is_told_of_and_gives_no_pictures() {
    let sound = clip("sine=duration=2", &["-c:a", "aac"], "sound.m4a");
    let service = Service::with(&Options { files: &[("sound.m4a", &sound)], ..Options::default() });
    let client = service.server.client();
    let info = good(&client, "/sound.m4a?x-oss-process=video/info").json();
    assert_eq!((info["video"].as_array().unwrap().len(), &info["audio"][0]["codec"]), (0, &"aac".into()), "{info}");
    for wish in ["snapshot,t_0,f_jpg", "compress", "compress,fmt_hls", "sprite", "preview"] {
        let refused = client.get(&format!("/sound.m4a?x-oss-process=video/{wish}"));
        assert_eq!(refused.status, 415, "{wish}: {}", refused.text());
        assert!(refused.text().contains("no moving pictures"), "{wish}: {}", refused.text());
    }
}

#[test]
fn ten_minutes_are_worked_on_from_any_moment() {
    // 10 s, sixty times.
    let options = [&H264[..], &["-r", "1", "-t", "10", "-movflags", "+faststart"]].concat();
    let piece =
        Stored { size: (1920, 1080), filters: "setpts=5*PTS", options: &options, sound: false, ..Stored::default() };
    let folder = Scratch::new().unwrap();
    let piece = folder.write("piece.mp4", piece.bytes()).unwrap();
    let film = folder.path().join("film.mp4");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-stream_loop", "59", "-i"]).arg(piece).args(["-c", "copy"]).arg(&film);
    assert!(ffmpeg.status().unwrap().success());
    let film = std::fs::read(film).unwrap();

    let service = Service::with(&Options { files: &[("film.mp4", &film)], ..Options::default() });
    let client = service.server.client();
    let wish = |wish: &str| format!("/film.mp4?x-oss-process=video/{wish}");
    let told = good(&client, &wish("info")).json()["duration_seconds"].as_f64().unwrap();
    assert!((told - 600.0).abs() < 0.1, "{told}");
    for (time, pattern) in [(2_000, BEGINS), (313_000, BEGINS), (597_000, GOES_ON)] {
        let frame = good(&client, &wish(&format!("snapshot,t_{time},f_png,w_192")));
        assert_eq!(corners(&Picture::decode(&frame.body).unwrap()), pattern, "at {time}");
    }
    let made = Seen::of(&good(&client, &wish("compress,s_360p,preset_ultrafast")).body);
    let (begin, end) = (made.frames[0], made.frames[made.frames.len() - 1]);
    assert_eq!((made.frames.len(), begin.1, end.1), (600, BEGINS, GOES_ON));
    assert!((end.0 - begin.0 - 599.0).abs() < 0.1, "{end:?}");
}
