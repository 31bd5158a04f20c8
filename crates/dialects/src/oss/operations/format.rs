use lightmill_recipe::{Format, Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::{Draft, FormatWish};
use super::super::format::{CannotSay, Writer};
use super::super::video;
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "format",
    aliases: &[],
    doc: "The format of the result, wherever this stands; the last one holds. `gif` keeps the source's format, as the \
          official definition does for sources that are not GIF. In the flavour `keithyt06` upper case is accepted, and \
          `heic` and `heif` give JPEG.",
    origin: Origin::Official,
    example: "format,webp",
    parameters: &[Parameter {
        name: "",
        doc: "Format",
        values: Values::Word(&["jpg", "jpeg", "png", "webp", "gif", "bmp", "tiff", "avif", "heic"]),
        default: "that of the source, or the best that `Accept` names where the mount negotiates",
        refusal: None,
    }],
    for_marks: false,
    usage: "Format param error, e.g: format,jpg   (jpg,png,webp)",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let flavour = arguments.flavour;
    let word = arguments.single()?.text();
    draft.format = if flavour.keeps_format(word) {
        FormatWish::Keep
    } else {
        FormatWish::Is(flavour.format(word).ok_or(Error::Usage(flavour.format_refusal()))?)
    };
    Ok(())
}

fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Picture(picture)] = recipe.outputs.as_slice() else { return Ok(None) };
    let Some(format) = picture.format else { return Ok(None) };
    if recipe.main().is_some_and(|main| main.video_frame.is_some()) && video::frame_word(format).is_some() {
        // `snapshot` itself says it.
        return Ok(None);
    }
    if format == Format::Gif {
        return Err(CannotSay::new("GIF for sources that are not GIF"));
    }
    let word = format.extension();
    if writer.options.flavour.format(word) != Some(format) {
        return Err(CannotSay::new(format!("the format {format}")));
    }
    Ok(Some(format!("format,{word}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, said, written};
    use super::*;
    use crate::oss::Flavour::{self, Aliyun, Keithyt06, Wchaws};

    fn format(flavour: Flavour, text: &str) -> Option<Format> {
        match recipe(flavour, text).unwrap().outputs.swap_remove(0) {
            Output::Picture(picture) => picture.format,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_of_each_flavour() {
        for flavour in Flavour::ALL {
            for (word, expected) in [
                ("jpg", Some(Format::Jpeg)),
                ("jpeg", Some(Format::Jpeg)),
                ("png", Some(Format::Png)),
                ("webp", Some(Format::WebP)),
                ("gif", None),
                ("bmp", Some(Format::Bmp)),
                ("tiff", Some(Format::Tiff)),
                ("avif", Some(Format::Avif)),
            ] {
                assert_eq!(format(flavour, &format!("format,{word}")), expected, "{flavour:?} {word}");
            }
        }
        assert_eq!(format(Aliyun, "format,heic"), Some(Format::Heic));
        assert_eq!(format(Keithyt06, "format,HEIC"), Some(Format::Jpeg));
        assert_eq!(format(Keithyt06, "format,heif"), Some(Format::Jpeg));
        assert_eq!(format(Keithyt06, "format,GIF/quality,q_1"), None);
        assert_eq!(format(Wchaws, "format,png/resize,w_1/format,webp"), Some(Format::WebP));
    }

    #[test]
    fn refusals() {
        for text in ["format,PNG", "format,", "format,png_", "format,svg", "format,12"] {
            assert_eq!(refusal(Wchaws, text), "Format must be one of jpg,jpeg,png,webp,gif");
        }
        assert_eq!(refusal(Keithyt06, "format,abc"), "Format must be one of jpg,jpeg,png,webp,avif,gif");
        assert!(refusal(Aliyun, "format,PNG").ends_with("avif,heic"));
        assert_eq!(refusal(Wchaws, "format"), "Format param error, e.g: format,jpg   (jpg,png,webp)");
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "format,jpeg/resize,w_1"), "resize,w_1/format,jpg");
        assert_eq!(written(Aliyun, "format,gif"), "auto-orient,1");
        let heic = recipe(Aliyun, "format,heic").unwrap();
        assert!(said(Keithyt06, &heic).is_err());
        let mut gif = heic;
        if let Output::Picture(picture) = &mut gif.outputs[0] {
            picture.format = Some(Format::Gif);
        }
        assert!(said(Aliyun, &gif).is_err());
    }
}
