use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::video::{FrameChoice, FrameTurn, Position, VideoFrame};
use lightmill_recipe::{Format, Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::{Draft, FormatWish};
use super::super::format::{CannotSay, Writer};
use crate::Error;

/// Formats that `f` names.
const FORMATS: [(&str, Format); 4] =
    [("jpg", Format::Jpeg), ("png", Format::Png), ("webp", Format::WebP), ("avif", Format::Avif)];

pub(super) static DEFINITION: Definition = Definition {
    name: "snapshot",
    aliases: &[],
    doc: "One frame, as a picture. Behind it `image/` and actions of pictures may follow: \
          `video/snapshot,t_1000/image/resize,w_320`. `threshold`, `cgif` and `info` are about stored pictures, and \
          cannot be combined with it. The rotation that is stored with a video is applied, and so is its sample aspect \
          ratio.",
    origin: Origin::Official,
    example: "snapshot,t_1000,f_jpg",
    parameters: &[
        Parameter {
            name: "t",
            doc: "The moment, in milliseconds from the beginning; one behind the end gives the last frame",
            values: Values::Integer(0, 86_400_000),
            default: "needed; 1000 in the flavours `wchaws` and `keithyt06`",
            refusal: None,
        },
        Parameter {
            name: "f",
            doc: "Format of the picture (officially `jpg` and `png`)",
            values: Values::Word(&["jpg", "png", "webp", "avif"]),
            default: "jpg, or the best that `Accept` names where the mount negotiates",
            refusal: Some("Unkown video snapshot format param: \"{}\", must be jpg/png"),
        },
        Parameter {
            name: "m",
            doc: "`fast`: the key frame at the moment, or the last one before, which is found at once; `exact`: the first \
                  frame that begins then or later. In the flavour `wchaws` the frame is always the exact one, as it is there",
            values: Values::Word(&["fast", "exact"]),
            default: "exact; fast in the flavour `keithyt06`",
            refusal: None,
        },
        side("w", "Width in pixels, at most that of the video; `0` follows from the height"),
        side(
            "h",
            "Height in pixels, at most that of the video; `0` follows from the width. With both given the picture is \
                   exactly so large, aspect ratio not kept",
        ),
        Parameter {
            name: "ar",
            doc: "`auto`: as the video is shown; `h`: lying, `w`: standing, with a quarter turn if need be",
            values: Values::Word(&["auto", "h", "w"]),
            default: "auto",
            refusal: None,
        },
    ],
    for_marks: false,
    usage: "snapshot needs t, a moment in milliseconds",
    read,
    say: Say::Setting(say),
};

const fn side(name: &'static str, doc: &'static str) -> Parameter {
    Parameter { name, doc, values: Values::Integer(0, 16_384), default: "0", refusal: None }
}

/// The word of `f` for this format.
pub(in crate::oss) fn frame_word(format: Format) -> Option<&'static str> {
    FORMATS.iter().find(|(_, named)| *named == format).map(|(word, _)| *word)
}

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let flavour = arguments.flavour;
    let (mut moment, mut fast, mut turn) = (flavour.frame_moment(), None, FrameTurn::Upright);
    let (mut width, mut height) = (None, None);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "t" => moment = Some(value.integer()?),
            "f" => {
                let word = value.choice()?;
                draft.frame_format = FORMATS.iter().find(|(name, _)| *name == word).map(|(_, format)| *format);
            }
            // The open-source servers take an empty value for none.
            "m" if value.text().is_empty() && flavour.is_reference_server() => fast = None,
            "m" => fast = Some(value.choice()? == "fast"),
            "w" => width = NonZeroU32::new(value.integer()?),
            "h" => height = NonZeroU32::new(value.integer()?),
            _ => {
                turn = match value.choice()? {
                    "h" => FrameTurn::Landscape,
                    "w" => FrameTurn::Portrait,
                    _ => FrameTurn::Upright,
                }
            }
        }
    }
    let moment = moment.ok_or_else(|| arguments.usage())?;
    let choice = flavour.frame_choice(Position::Time(Duration::from_millis(u64::from(moment))), fast);
    draft.main(|main| main.video_frame = Some(VideoFrame { choice, width, height, turn }));
    if let Some(format) = draft.frame_format {
        draft.format = FormatWish::Is(format);
    }
    Ok(())
}

fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let Some(frame) = recipe.main().and_then(|main| main.video_frame) else { return Ok(None) };
    let flavour = writer.options.flavour;
    let (FrameChoice::Exact(position) | FrameChoice::KeyFrame(position)) = frame.choice else {
        return Err(CannotSay::new("the best of several frames"));
    };
    let Position::Time(moment) = position else { return Err(CannotSay::new("a frame by its number or share")) };
    let milliseconds = i64::try_from(moment.as_millis()).unwrap_or(i64::MAX);
    if moment != Duration::from_millis(milliseconds.cast_unsigned()) {
        return Err(CannotSay::new("a moment between two milliseconds"));
    }
    let mut parts = vec![DEFINITION.name.to_owned(), DEFINITION.say_number("t", milliseconds)?];
    if let [Output::Picture(picture)] = recipe.outputs.as_slice() {
        parts.extend(picture.format.and_then(frame_word).map(|word| format!("f_{word}")));
    }
    let modes = [(None, ""), (Some(true), "m_fast"), (Some(false), "m_exact")];
    let mode = modes.iter().find(|(fast, _)| flavour.frame_choice(position, *fast) == frame.choice);
    let (_, mode) = mode.ok_or_else(|| CannotSay::new("a key frame in this flavour"))?;
    parts.extend((!mode.is_empty()).then(|| (*mode).to_owned()));
    for (name, side) in [("w", frame.width), ("h", frame.height)] {
        if let Some(side) = side {
            parts.push(DEFINITION.say_number(name, side.get())?);
        }
    }
    match frame.turn {
        FrameTurn::Upright => {}
        FrameTurn::Landscape => parts.push("ar_h".to_owned()),
        FrameTurn::Portrait => parts.push("ar_w".to_owned()),
    }
    Ok(Some(parts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, said, written};
    use super::*;
    use crate::Wish;
    use crate::oss::Flavour::{self, Aliyun, Keithyt06, Wchaws};
    use crate::oss::{Options, parse_actions};
    use lightmill_recipe::{Locator, PictureOutput};

    fn frame(flavour: Flavour, text: &str) -> VideoFrame {
        recipe(flavour, text).unwrap().inputs[0].video_frame.unwrap()
    }

    fn picture(flavour: Flavour, text: &str) -> PictureOutput {
        match recipe(flavour, text).unwrap().outputs.swap_remove(0) {
            Output::Picture(picture) => picture,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn moments_and_modes_of_each_flavour() {
        let at = |milliseconds| Position::Time(Duration::from_millis(milliseconds));
        assert_eq!(frame(Aliyun, "snapshot,t_7000,f_jpg").choice, FrameChoice::Exact(at(7000)));
        assert_eq!(frame(Aliyun, "snapshot,t_0,m_fast").choice, FrameChoice::KeyFrame(at(0)));
        assert_eq!(frame(Wchaws, "snapshot").choice, FrameChoice::Exact(at(1000)));
        assert_eq!(frame(Wchaws, "snapshot,t_500,f_jpg,m_fast").choice, FrameChoice::Exact(at(500)));
        assert_eq!(frame(Wchaws, "snapshot,t_500,f_jpg,m_").choice, FrameChoice::Exact(at(500)));
        assert_eq!(frame(Keithyt06, "snapshot,t_500").choice, FrameChoice::KeyFrame(at(500)));
        assert_eq!(frame(Keithyt06, "snapshot,t_500,m_exact").choice, FrameChoice::Exact(at(500)));
    }

    #[test]
    fn sizes_and_turns() {
        let sides = |text: &str| {
            let frame = frame(Aliyun, text);
            (frame.width.map(NonZeroU32::get), frame.height.map(NonZeroU32::get), frame.turn)
        };
        assert_eq!(sides("snapshot,t_1,w_0,h_0,ar_auto"), (None, None, FrameTurn::Upright));
        assert_eq!(sides("snapshot,t_1,w_800,h_600,ar_h"), (Some(800), Some(600), FrameTurn::Landscape));
        assert_eq!(sides("snapshot,t_1,h_600,ar_w"), (None, Some(600), FrameTurn::Portrait));
    }

    #[test]
    fn the_last_format_holds() {
        for (text, format) in [
            ("snapshot,t_1", Format::Jpeg),
            ("snapshot,t_1,f_webp", Format::WebP),
            ("snapshot,t_1,f_webp/image/format,png", Format::Png),
            ("snapshot,t_1,f_webp/image/format,bmp", Format::Bmp),
            ("snapshot,t_1,f_avif/image/resize,w_9/format,gif", Format::Avif),
            ("snapshot,t_1/image/format,gif", Format::Jpeg),
        ] {
            assert_eq!(picture(Aliyun, text).format, Some(format), "{text}");
            written(Aliyun, text);
        }
    }

    #[test]
    fn a_client_may_choose_where_nobody_names_a_format() {
        let options = Options { negotiate: vec![Format::Avif, Format::WebP], ..Options::of(Aliyun) };
        let read =
            |text: &str, accept| match parse_actions(text, &Locator::key("a.mp4"), accept, &options).unwrap().wish {
                Wish::Transform(mut recipe) => match recipe.outputs.swap_remove(0) {
                    Output::Picture(picture) => (picture.format, picture.preferred),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            };
        let webp = Some("image/webp,*/*");
        assert_eq!(read("video/snapshot,t_1", webp), (None, vec![Format::WebP, Format::Jpeg]));
        assert_eq!(read("video/snapshot,t_1,f_png", webp), (Some(Format::Png), vec![]));
        assert_eq!(read("video/snapshot,t_1", None), (Some(Format::Jpeg), vec![]));
    }

    #[test]
    fn refusals() {
        assert_eq!(refusal(Aliyun, "snapshot,f_jpg"), "snapshot needs t, a moment in milliseconds");
        assert_eq!(refusal(Aliyun, "snapshot,t_abc"), "snapshot t must be a whole number from 0 to 86400000");
        assert_eq!(refusal(Aliyun, "snapshot,t_1,f_bmp"), "snapshot f must be one of jpg, png, webp, avif");
        assert_eq!(
            refusal(Wchaws, "snapshot,t_500,f_bmp,m_fast"),
            "Unkown video snapshot format param: \"bmp\", must be jpg/png"
        );
        assert_eq!(refusal(Aliyun, "snapshot,t_1,x_1"), "Unkown param: \"x\"");
        assert_eq!(refusal(Aliyun, "snapshot,t_1/image/info"), "snapshot cannot be combined with info");
        assert_eq!(refusal(Wchaws, "snapshot,t_1/image/info"), "snapshot cannot be combined with info");
        assert_eq!(refusal(Aliyun, "snapshot,t_1/image/threshold,9"), "snapshot cannot be combined with threshold");
        assert_eq!(
            refusal(Aliyun, "snapshot,t_1,f_jpg/image/average-hue"),
            "average-hue cannot be combined with f of snapshot"
        );
        for wrong in ["", "/", "snapshot,t_1/resize,w_1", "snapshot,t_1/video/snapshot,t_1"] {
            assert!(refusal(Aliyun, wrong).starts_with("a video request is video/ACTION"), "{wrong}");
        }
        assert_eq!(refusal(Aliyun, "resize,w_1"), "Unkown action: \"resize\"");
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "snapshot,w_0,t_1000,h_9,ar_auto,m_exact"), "snapshot,t_1000,f_jpg,h_9");
        assert_eq!(
            written(Keithyt06, "snapshot,m_fast,ar_w/image/auto-orient,0").split('/').next(),
            Some("snapshot,t_1000,f_jpg,ar_w")
        );
        assert_eq!(
            written(Aliyun, "snapshot,f_png,t_5/image/resize,w_320/quality,Q_70"),
            "snapshot,t_5,f_png/image/resize,w_320/quality,Q_70"
        );
        assert_eq!(written(Aliyun, "snapshot,t_5/image/grey,1/average-hue"), "snapshot,t_5/image/grey,1/average-hue");
        let key = recipe(Aliyun, "snapshot,t_5,m_fast").unwrap();
        assert_eq!(said(Wchaws, &key).unwrap_err().to_string(), "x-oss-process cannot say a key frame in this flavour");
    }
}
