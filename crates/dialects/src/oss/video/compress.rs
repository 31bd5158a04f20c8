use lightmill_recipe::video::{AudioEncoding, AudioRate, AudioTrack, Clip, H264Profile, VideoCoding, VideoTrack};
use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use super::encoding::{self, Given, LIMIT, MAXDURATION, PRESET, Q, SEGMENT, SS, Usual};
use crate::Error;

const USUAL: Usual = Usual { frame_rate: Some(30), size: Some("720p"), kilobits: Some(1500) };

pub(super) static DEFINITION: Definition = Definition {
    name: "compress",
    aliases: &[],
    doc: "A smaller video for the web: MP4 and HLS with H.264 (main profile) and AAC, `WebM` with VP9 and Opus, sound at \
          128 kbit/s. It fits into the size, keeps its aspect ratio and is never enlarged unless `limit_0` says so; \
          frames are left out only above `r`.",
    origin: Origin::Extension,
    example: "compress,q_28,s_480p,fmt_mp4",
    parameters: &[
        encoding::container(&["mp4", "webm", "hls"], "Container; `hls` is a playlist and its segments"),
        Q,
        encoding::frame_rate("30"),
        encoding::size("720p"),
        encoding::bit_rate("1500; of a ladder 3 bits for each pixel of the size"),
        PRESET,
        MAXDURATION,
        SS,
        LIMIT,
        SEGMENT,
    ],
    for_marks: false,
    usage: "compress takes fmt, q, r, s, br, preset, maxduration, ss, limit and segment",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let mut given = Given::default();
    for value in arguments.values() {
        if !given.take(&value?)? {
            return Err(arguments.usage());
        }
    }
    let container = given.container(arguments)?;
    let encoding = given.encoding(arguments, container.usual_video(), H264Profile::default(), USUAL)?;
    let audio = AudioEncoding { codec: container.usual_audio(), rate: AudioRate::USUAL };
    let clip = Clip::new(container, VideoTrack::Encode(encoding), AudioTrack::Encode(audio), given.part());
    draft.video = Some(Output::Clip(clip.map_err(|error| encoding::refused(arguments, error))?));
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Clip(clip)] = recipe.outputs.as_slice() else { return Ok(None) };
    let VideoTrack::Encode(encoding) = clip.video() else { return Ok(None) };
    let container = clip.container();
    let audio = AudioEncoding { codec: container.usual_audio(), rate: AudioRate::USUAL };
    let has_word = encoding::has_word(&DEFINITION, container);
    let is_main = match encoding.coding {
        VideoCoding::H264 { profile, .. } => profile == H264Profile::default(),
        _ => true,
    };
    if !has_word
        || !is_main
        || encoding.coding.codec() != container.usual_video()
        || clip.audio() != AudioTrack::Encode(audio)
    {
        return Ok(None);
    }
    match encoding::say_encoding(&DEFINITION, encoding, USUAL)? {
        Some(parts) => encoding::say_clip(&DEFINITION, clip, parts).map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::video::{Container, FrameRate, VideoEncoding};

    use super::super::testing::{output, refusal, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Keithyt06};

    fn clip(text: &str) -> (Clip, VideoEncoding) {
        let Output::Clip(clip) = output(Keithyt06, text) else { panic!("{text}") };
        let VideoTrack::Encode(encoding) = clip.video() else { panic!("{text}") };
        let encoding = encoding.clone();
        (clip, encoding)
    }

    /// Width, height and kilobits of each version.
    fn ladder(text: &str) -> Vec<(u16, u16, u64)> {
        let (_, encoding) = clip(text);
        let step = |one: &lightmill_recipe::video::Rendition| {
            let bounds = one.bounds.unwrap();
            (bounds.width.get(), bounds.height.get(), one.max_rate.unwrap().get() / 1000)
        };
        encoding.renditions.as_slice().iter().map(step).collect()
    }

    #[test]
    fn defaults_are_those_of_the_open_source_server() {
        let (plain, encoding) = clip("compress");
        assert_eq!(plain.container(), Container::Mp4);
        assert_eq!((encoding.coding.crf(), encoding.frame_rate.map(FrameRate::get)), (23, Some(30)));
        assert_eq!(encoding.preset.name(), "medium");
        assert_eq!(ladder("compress"), [(1280, 720, 1500)]);
        assert_eq!(plain.part(), lightmill_recipe::video::Part::default());
        let (webm, encoding) = clip("compress,fmt_webm,maxduration_9,ss_1500");
        assert_eq!((webm.container(), encoding.coding.crf()), (Container::WebM, 31));
        assert_eq!((webm.part().start.as_millis(), webm.part().most.unwrap().milliseconds()), (1500, 9000));
    }

    #[test]
    fn several_sizes_are_a_ladder() {
        let expected = [(1280, 720, 2764), (640, 360, 691)];
        assert_eq!(ladder("compress,fmt_hls,s_720p-360p"), expected);
        assert_eq!(ladder("compress,fmt_hls,s_720p-360p,br_2000-400"), [(1280, 720, 2000), (640, 360, 400)]);
        assert_eq!(
            refusal(Aliyun, "compress,s_720p-360p"),
            "compress s: mp4 holds one version of a video; only hls holds several"
        );
        assert_eq!(
            refusal(Aliyun, "compress,fmt_hls,s_720p-360p,br_2000"),
            "compress br must be one number for each size of s, here 2"
        );
        let same = "compress s must be 1 to 6 sizes of which no two are the same";
        assert_eq!(refusal(Aliyun, "compress,fmt_hls,s_720p-720p"), same);
        assert_eq!(refusal(Aliyun, "compress,fmt_hls,s_16x16-17x17-18x18-19x19-20x20-21x21-22x22"), same);
    }

    #[test]
    fn refusals() {
        assert_eq!(
            refusal(Aliyun, "compress,q_52"),
            "compress q must be a whole number from 1 to 51 with H.264 and H.265"
        );
        assert_eq!(refusal(Aliyun, "compress,r_61"), "compress r must be a whole number from 1 to 60");
        assert_eq!(refusal(Aliyun, "compress,segment_4"), "compress segment must stand beside fmt_hls");
        assert_eq!(refusal(Aliyun, "compress,fmt_avi"), "compress fmt must be one of mp4, webm, hls");
        assert!(
            refusal(Aliyun, "compress,s_10000x1")
                .starts_with("compress s must be 360p, 480p, 720p, 1080p or WIDTHxHEIGHT")
        );
        assert_eq!(refusal(Aliyun, "compress,vcodec_av1"), "Unkown param: \"vcodec\"");
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "compress,q_23,r_30,s_720p,br_1500,fmt_mp4,preset_medium,limit_1"), "compress");
        assert_eq!(
            written(
                Aliyun,
                "compress,maxduration_60,preset_fast,fmt_hls,segment_6,s_1080p-640x640,limit_0,ss_9,r_24,q_20"
            ),
            "compress,fmt_hls,segment_6,q_20,r_24,s_1080p-640x640,preset_fast,limit_0,ss_9,maxduration_60"
        );
        assert_eq!(written(Aliyun, "compress,fmt_webm,q_63,br_900"), "compress,fmt_webm,q_63,br_900");
    }
}
