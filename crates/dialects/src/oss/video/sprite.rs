use std::num::NonZeroU32;
use std::time::Duration;

use lightmill_recipe::video::{Interval, Length, Sprite, SpriteFormat, SpriteGrid, VideoSide};
use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

const FORMATS: [(&str, SpriteFormat); 4] = [
    ("jpg", SpriteFormat::Jpeg),
    ("png", SpriteFormat::Png),
    ("webp", SpriteFormat::WebP),
    ("avif", SpriteFormat::Avif),
];

pub(super) static DEFINITION: Definition = Definition {
    name: "sprite",
    aliases: &[],
    doc: "Frames of the video on one sheet, row after row, as players show them while one seeks. (Officially a job of the \
          same name; of its parameters `m`, `thr`, `pad`, `margin` and sizes in percent are not taken, and frames are \
          spread where `inter` is not given.) With `&lm-part=thumbnails.vtt` behind the URL it is the WebVTT track of that \
          sheet.",
    origin: Origin::Own,
    example: "sprite,inter_5000,sw_160,tw_5,th_5",
    parameters: &[
        Parameter {
            name: "f",
            doc: "Format of the sheet",
            values: Values::Word(&["jpg", "png", "webp", "avif"]),
            default: "jpg",
            refusal: None,
        },
        number("ss", "Where the first frame is taken, in milliseconds", (0, 86_400_000), "0"),
        number(
            "inter",
            "Milliseconds from one frame to the next",
            (1, 86_400_000),
            "as many as spread the frames over the rest of the video",
        ),
        number("num", "Frames at most", (1, 1024), "as many as the sheet holds"),
        number("sw", "Width of a frame in pixels", (16, 4096), "follows from `sh`; 160 without both"),
        number(
            "sh",
            "Height of a frame in pixels; with `sw` given too, frames fit inside, on black",
            (16, 4096),
            "follows from `sw`",
        ),
        number("tw", "Frames from left to right", (1, 32), "10"),
        number("th", "Frames from top to bottom", (1, 32), "10"),
    ],
    for_marks: false,
    usage: "sprite takes f, ss, inter, num, sw, sh, tw and th",
    read,
    say: Say::Setting(say),
};

const fn number(name: &'static str, doc: &'static str, range: (i64, i64), default: &'static str) -> Parameter {
    Parameter { name, doc, values: Values::Integer(range.0, range.1), default, refusal: None }
}

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let mut sprite = Sprite {
        format: SpriteFormat::Jpeg,
        grid: SpriteGrid::USUAL,
        width: None,
        height: None,
        start: Duration::ZERO,
        interval: Interval::Spread,
        frames: None,
    };
    let (mut columns, mut rows) = (SpriteGrid::USUAL.columns(), SpriteGrid::USUAL.rows());
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "f" => {
                let word = value.choice()?;
                let named = FORMATS.iter().find(|(name, _)| *name == word);
                sprite.format = named.map_or(SpriteFormat::Jpeg, |(_, format)| *format);
            }
            "ss" => sprite.start = Duration::from_millis(value.integer()?),
            "inter" => sprite.interval = Interval::Every(Length::new(value.integer()?).ok_or_else(|| value.refused())?),
            "num" => sprite.frames = NonZeroU32::new(value.integer()?),
            "sw" => sprite.width = VideoSide::new(value.integer()?),
            "sh" => sprite.height = VideoSide::new(value.integer()?),
            "tw" => columns = value.integer()?,
            _ => rows = value.integer()?,
        }
    }
    sprite.grid = SpriteGrid::new(columns, rows).ok_or_else(|| arguments.usage())?;
    draft.video = Some(Output::Sprite(sprite));
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Sprite(sprite)] = recipe.outputs.as_slice() else { return Ok(None) };
    let mut parts = vec![DEFINITION.name.to_owned()];
    if sprite.format != SpriteFormat::Jpeg {
        let word = FORMATS.iter().find(|(_, format)| *format == sprite.format);
        parts.extend(word.map(|(name, _)| format!("f_{name}")));
    }
    let start = i64::try_from(sprite.start.as_millis()).unwrap_or(i64::MAX);
    if sprite.start != Duration::from_millis(start.cast_unsigned()) {
        return Err(CannotSay::new("a beginning between two milliseconds"));
    }
    let every = match sprite.interval {
        Interval::Every(length) => Some(i64::from(length.milliseconds())),
        Interval::Spread => None,
    };
    let (usual, grid) = (SpriteGrid::USUAL, sprite.grid);
    for (name, value) in [
        ("ss", Some(start).filter(|start| *start != 0)),
        ("inter", every),
        ("num", sprite.frames.map(|frames| frames.get().into())),
        ("sw", sprite.width.map(|side| side.get().into())),
        ("sh", sprite.height.map(|side| side.get().into())),
        ("tw", (grid.columns() != usual.columns()).then(|| grid.columns().into())),
        ("th", (grid.rows() != usual.rows()).then(|| grid.rows().into())),
    ] {
        if let Some(value) = value {
            parts.push(DEFINITION.say_number(name, value)?);
        }
    }
    Ok(Some(parts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{output, refusal, written};
    use super::*;
    use crate::oss::Flavour::Aliyun;

    #[test]
    fn sheets() {
        let Output::Sprite(sprite) = output(Aliyun, "sprite,f_webp,ss_500,inter_2000,num_7,sw_320,tw_4,th_2") else {
            panic!()
        };
        assert_eq!((sprite.grid.columns(), sprite.grid.rows(), sprite.width.map(VideoSide::get)), (4, 2, Some(320)));
        assert_eq!((sprite.start.as_millis(), sprite.frames), (500, NonZeroU32::new(7)));
        assert_eq!(sprite.interval, Interval::Every(Length::new(2000).unwrap()));
        let Output::Sprite(plain) = output(Aliyun, "sprite") else { panic!() };
        assert_eq!((plain.grid, plain.interval, plain.width), (SpriteGrid::USUAL, Interval::Spread, None));
    }

    #[test]
    fn canonical_forms_and_refusals() {
        assert_eq!(written(Aliyun, "sprite,th_10,tw_3,f_jpg,ss_0,sh_90"), "sprite,sh_90,tw_3");
        assert_eq!(written(Aliyun, "sprite,f_avif,num_9,inter_1,ss_7"), "sprite,f_avif,ss_7,inter_1,num_9");
        assert_eq!(refusal(Aliyun, "sprite,tw_33"), "sprite tw must be a whole number from 1 to 32");
        assert_eq!(refusal(Aliyun, "sprite,pad_1"), "Unkown param: \"pad\"");
    }
}
