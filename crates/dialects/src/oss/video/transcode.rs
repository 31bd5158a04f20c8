use lightmill_recipe::video::{
    AudioCodec, AudioEncoding, AudioRate, AudioTrack, Clip, H264Profile, VideoCodec, VideoCoding, VideoTrack,
};
use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use super::encoding::{self, Given, LIMIT, MAXDURATION, PRESET, Q, SEGMENT, SS, Usual};
use crate::Error;

const USUAL: Usual = Usual { frame_rate: None, size: None, kilobits: None };

const VIDEO: [(&str, VideoCodec); 5] = [
    ("libx264", VideoCodec::H264),
    ("libx265", VideoCodec::H265),
    ("libvpx", VideoCodec::Vp8),
    ("libvpx-vp9", VideoCodec::Vp9),
    ("av1", VideoCodec::Av1),
];

const AUDIO: [(&str, AudioCodec); 4] = [
    ("aac", AudioCodec::Aac),
    ("libmp3lame", AudioCodec::Mp3),
    ("libvorbis", AudioCodec::Vorbis),
    ("opus", AudioCodec::Opus),
];

const PROFILES: [(&str, H264Profile); 3] =
    [("baseline", H264Profile::Baseline), ("main", H264Profile::Main), ("high", H264Profile::High)];

pub(super) static DEFINITION: Definition = Definition {
    name: "transcode",
    aliases: &[],
    doc: "Another container or other codecs. What is copied keeps its compressed data, and must be of a codec that the \
          container holds: MP4 H.264, H.265, VP9, AV1 with AAC, MP3, Opus; `WebM` VP8, VP9, AV1 with Vorbis, Opus; MOV \
          H.264, H.265 with AAC, MP3; AVI H.264, VP8 with AAC, MP3; FLV H.264 with AAC, MP3; HLS H.264, H.265, AV1 with \
          AAC; MKV everything.",
    origin: Origin::Extension,
    example: "transcode,fmt_webm,vcodec_libvpx-vp9,acodec_opus",
    parameters: &[
        encoding::container(
            &["mp4", "webm", "mov", "avi", "mkv", "flv", "hls"],
            "Container; `hls` is a playlist and its segments",
        ),
        Parameter {
            name: "vcodec",
            doc: "Codec of the pictures; `copy` takes them as they are, `none` leaves them out (`av1` and `none` are not in \
                  the open-source server)",
            values: Values::Word(&["libx264", "libx265", "libvpx", "libvpx-vp9", "av1", "copy", "none"]),
            default: "libx264; libvpx-vp9 for webm",
            refusal: None,
        },
        Parameter {
            name: "acodec",
            doc: "Codec of the sound; `copy` takes it as it is, `none` leaves it out (`none` is not in the open-source \
                  server)",
            values: Values::Word(&["aac", "libmp3lame", "libvorbis", "opus", "copy", "none"]),
            default: "aac; opus for webm",
            refusal: None,
        },
        Parameter {
            name: "abr",
            doc: "Sound in kilobits per second",
            values: Values::Integer(32, 320),
            default: "128",
            refusal: None,
        },
        Parameter {
            name: "profile",
            doc: "Profile of H.264",
            values: Values::Word(&["baseline", "main", "high"]),
            default: "main",
            refusal: None,
        },
        Q,
        encoding::frame_rate("that of the video"),
        encoding::size("that of the video"),
        encoding::bit_rate("none; of a ladder 3 bits for each pixel of the size"),
        PRESET,
        MAXDURATION,
        SS,
        LIMIT,
        SEGMENT,
    ],
    for_marks: false,
    usage: "transcode takes fmt, vcodec, acodec, abr, profile and the parameters of compress",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let mut given = Given::default();
    let (mut video, mut audio, mut rate, mut profile) = (None, None, None, None);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "vcodec" => video = Some(value.choice()?),
            "acodec" => audio = Some(value.choice()?),
            "abr" => rate = Some(value.integer::<u32>()?),
            "profile" => {
                let word = value.choice()?;
                profile = PROFILES.iter().find(|(name, _)| *name == word).map(|(_, profile)| *profile);
            }
            _ if given.take(&value)? => {}
            _ => return Err(arguments.usage()),
        }
    }
    let container = given.container(arguments)?;
    let video = match video {
        Some(word @ ("copy" | "none")) => {
            let about = given.about_pictures.or(profile.map(|_| "profile"));
            if let Some(name) = about {
                return Err(Error::Value(format!("transcode {name} must not stand beside vcodec_{word}")));
            }
            if word == "copy" { VideoTrack::Copy } else { VideoTrack::Drop }
        }
        word => {
            let named = VIDEO.iter().find(|(name, _)| Some(*name) == word).map(|(_, codec)| *codec);
            let codec = named.unwrap_or(container.usual_video());
            if profile.is_some() && codec != VideoCodec::H264 {
                return Err(Error::Value("transcode profile must stand beside vcodec_libx264".to_owned()));
            }
            VideoTrack::Encode(given.encoding(arguments, codec, profile.unwrap_or_default(), USUAL)?)
        }
    };
    let audio = match audio {
        Some(word @ ("copy" | "none")) if rate.is_some() => {
            return Err(Error::Value(format!("transcode abr must not stand beside acodec_{word}")));
        }
        Some("copy") => AudioTrack::Copy,
        Some("none") => AudioTrack::Drop,
        word => {
            let named = AUDIO.iter().find(|(name, _)| Some(*name) == word).map(|(_, codec)| *codec);
            let rate = rate.and_then(|kilobits| AudioRate::new(kilobits * 1000)).unwrap_or(AudioRate::USUAL);
            AudioTrack::Encode(AudioEncoding { codec: named.unwrap_or(container.usual_audio()), rate })
        }
    };
    let clip = Clip::new(container, video, audio, given.part());
    draft.video = Some(Output::Clip(clip.map_err(|error| encoding::refused(arguments, error))?));
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Clip(clip)] = recipe.outputs.as_slice() else { return Ok(None) };
    let container = clip.container();
    let mut parts = Vec::new();
    match clip.video() {
        VideoTrack::Drop => parts.push("vcodec_none".to_owned()),
        VideoTrack::Copy => parts.push("vcodec_copy".to_owned()),
        VideoTrack::Encode(encoding) => {
            let codec = encoding.coding.codec();
            let word = VIDEO.iter().find(|(_, known)| *known == codec && codec != container.usual_video());
            parts.extend(word.map(|(name, _)| format!("vcodec_{name}")));
        }
    }
    match clip.audio() {
        AudioTrack::Drop => parts.push("acodec_none".to_owned()),
        AudioTrack::Copy => parts.push("acodec_copy".to_owned()),
        AudioTrack::Encode(AudioEncoding { codec, rate }) => {
            let word = AUDIO.iter().find(|(_, known)| *known == codec && codec != container.usual_audio());
            parts.extend(word.map(|(name, _)| format!("acodec_{name}")));
            if !rate.get().is_multiple_of(1000) {
                return Err(CannotSay::new("this bit rate of sound"));
            }
            if rate != AudioRate::USUAL {
                parts.push(DEFINITION.say_number("abr", rate.get() / 1000)?);
            }
        }
    }
    if let VideoTrack::Encode(encoding) = clip.video() {
        if let VideoCoding::H264 { profile, .. } = encoding.coding
            && profile != H264Profile::default()
        {
            let word = PROFILES.iter().find(|(_, known)| *known == profile);
            parts.extend(word.map(|(name, _)| format!("profile_{name}")));
        }
        parts.extend(encoding::say_encoding(&DEFINITION, encoding, USUAL)?.unwrap_or_default());
    }
    encoding::say_clip(&DEFINITION, clip, parts).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{output, refusal, written};
    use super::*;
    use crate::oss::Flavour::Aliyun;

    fn clip(text: &str) -> Clip {
        match output(Aliyun, text) {
            Output::Clip(clip) => clip,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn codecs_follow_the_container() {
        for (text, video, audio) in [
            ("transcode", VideoCodec::H264, AudioCodec::Aac),
            ("transcode,fmt_webm", VideoCodec::Vp9, AudioCodec::Opus),
            ("transcode,fmt_mkv,vcodec_libx265,acodec_libvorbis", VideoCodec::H265, AudioCodec::Vorbis),
            ("transcode,fmt_webm,vcodec_libvpx,acodec_libvorbis", VideoCodec::Vp8, AudioCodec::Vorbis),
            ("transcode,vcodec_av1,acodec_opus", VideoCodec::Av1, AudioCodec::Opus),
            ("transcode,fmt_avi,acodec_libmp3lame", VideoCodec::H264, AudioCodec::Mp3),
        ] {
            let clip = clip(text);
            let VideoTrack::Encode(encoding) = clip.video() else { panic!("{text}") };
            let AudioTrack::Encode(sound) = clip.audio() else { panic!("{text}") };
            assert_eq!((encoding.coding.codec(), sound.codec), (video, audio), "{text}");
            assert_eq!((encoding.frame_rate, encoding.renditions.as_slice()[0].bounds), (None, None));
        }
        assert_eq!(*clip("transcode,vcodec_copy,acodec_copy").video(), VideoTrack::Copy);
        assert_eq!(clip("transcode,acodec_none").audio(), AudioTrack::Drop);
    }

    #[test]
    fn refusals() {
        for (text, message) in [
            ("transcode,fmt_webm,vcodec_libx264", "transcode vcodec: webm does not hold H.264"),
            ("transcode,fmt_flv,acodec_opus", "transcode acodec: flv does not hold Opus"),
            ("transcode,vcodec_none,acodec_none", "transcode vcodec and acodec: neither video nor audio is left"),
            ("transcode,vcodec_copy,s_720p", "transcode s must not stand beside vcodec_copy"),
            ("transcode,vcodec_none,profile_high", "transcode profile must not stand beside vcodec_none"),
            ("transcode,acodec_copy,abr_64", "transcode abr must not stand beside acodec_copy"),
            ("transcode,vcodec_av1,profile_high", "transcode profile must stand beside vcodec_libx264"),
            ("transcode,limit_0", "transcode limit_0 must stand beside s"),
            ("transcode,abr_31", "transcode abr must be a whole number from 32 to 320"),
            (
                "transcode,vcodec_mpeg2",
                "transcode vcodec must be one of libx264, libx265, libvpx, libvpx-vp9, av1, copy, none",
            ),
        ] {
            assert_eq!(refusal(Aliyun, text), message);
        }
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "transcode,profile_main,acodec_aac,vcodec_libx264,abr_128,q_23"), "transcode");
        assert_eq!(
            written(Aliyun, "transcode,q_30,profile_high,abr_96,acodec_opus,fmt_mkv,s_720p,br_900"),
            "transcode,fmt_mkv,acodec_opus,abr_96,profile_high,q_30,s_720p,br_900"
        );
        // What compress can say, it says.
        assert_eq!(written(Aliyun, "transcode,r_25,s_480p,br_1500"), "compress,r_25,s_480p");
        assert_eq!(
            written(Aliyun, "transcode,fmt_mov,vcodec_copy,ss_5,maxduration_2"),
            "transcode,fmt_mov,vcodec_copy,ss_5,maxduration_2"
        );
    }
}
