use std::time::Duration;

use lightmill_recipe::video::{FrameRate, Length, Preview, PreviewFormat, VideoSide};
use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

const LENGTH: u32 = 3000;
const RATE: u8 = 10;
const WIDTH: u16 = 320;

pub(super) static DEFINITION: Definition = Definition {
    name: "preview",
    aliases: &[],
    doc: "An animated picture of a piece of the video, without sound, that repeats for ever.",
    origin: Origin::Own,
    example: "preview,f_webp,ss_10000,t_3000",
    parameters: &[
        Parameter {
            name: "f",
            doc: "Format of the picture",
            values: Values::Word(&["webp", "gif"]),
            default: "webp",
            refusal: None,
        },
        number("ss", "Where the piece begins, in milliseconds", (0, 86_400_000), "0"),
        number("t", "How long the piece is, in milliseconds", (1, 30_000), "3000"),
        number("fps", "Frames per second at most", (1, 60), "10"),
        number("w", "Width in pixels at most; the height follows", (16, 8192), "320"),
    ],
    for_marks: false,
    usage: "preview takes f, ss, t, fps and w",
    read,
    say: Say::Setting(say),
};

const fn number(name: &'static str, doc: &'static str, range: (i64, i64), default: &'static str) -> Parameter {
    Parameter { name, doc, values: Values::Integer(range.0, range.1), default, refusal: None }
}

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let (mut format, mut start) = (PreviewFormat::WebP, 0);
    let (mut length, mut rate, mut width) = (LENGTH, RATE, WIDTH);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "f" => format = if value.choice()? == "gif" { PreviewFormat::Gif } else { PreviewFormat::WebP },
            "ss" => start = value.integer()?,
            "t" => length = value.integer()?,
            "fps" => rate = value.integer()?,
            _ => width = value.integer()?,
        }
    }
    let (Some(length), Some(frame_rate), Some(width)) =
        (Length::new(length), FrameRate::new(rate), VideoSide::new(width))
    else {
        return Err(arguments.usage());
    };
    let start = Duration::from_millis(start);
    draft.video = Some(Output::Preview(Preview { format, start, length, frame_rate, width }));
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Preview(preview)] = recipe.outputs.as_slice() else { return Ok(None) };
    let mut parts = vec![DEFINITION.name.to_owned()];
    if preview.format == PreviewFormat::Gif {
        parts.push("f_gif".to_owned());
    }
    let start = i64::try_from(preview.start.as_millis()).unwrap_or(i64::MAX);
    if preview.start != Duration::from_millis(start.cast_unsigned()) {
        return Err(CannotSay::new("a beginning between two milliseconds"));
    }
    for (name, value, usual) in [
        ("ss", start, 0),
        ("t", preview.length.milliseconds().into(), LENGTH.into()),
        ("fps", preview.frame_rate.get().into(), RATE.into()),
        ("w", preview.width.get().into(), WIDTH.into()),
    ] {
        if value != usual {
            parts.push(DEFINITION.say_number(name, value)?);
        }
    }
    Ok(Some(parts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{output, recipe, refusal, said, written};
    use super::*;
    use crate::oss::Flavour::Aliyun;

    #[test]
    fn pieces() {
        let Output::Preview(preview) = output(Aliyun, "preview,f_gif,ss_10,t_500,fps_5,w_100") else { panic!() };
        assert_eq!((preview.format, preview.start.as_millis()), (PreviewFormat::Gif, 10));
        assert_eq!((preview.length.milliseconds(), preview.frame_rate.get(), preview.width.get()), (500, 5, 100));
    }

    #[test]
    fn canonical_forms_and_refusals() {
        assert_eq!(written(Aliyun, "preview,f_webp,t_3000,w_320"), "preview");
        assert_eq!(written(Aliyun, "preview,w_100,f_gif,fps_60"), "preview,f_gif,fps_60,w_100");
        assert_eq!(refusal(Aliyun, "preview,t_30001"), "preview t must be a whole number from 1 to 30000");
        let mut long = recipe(Aliyun, "preview").unwrap();
        if let Output::Preview(preview) = &mut long.outputs[0] {
            preview.length = Length::new(30_001).unwrap();
        }
        assert!(said(Aliyun, &long).is_err());
    }
}
