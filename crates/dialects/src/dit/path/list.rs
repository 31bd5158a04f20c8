use super::Filter;
use super::calls::Call;
use super::filter::argument;
use super::resize::PathDraft;
use crate::dit::{Error, FormatWish};
use crate::sharp::Json;

const NUMBER: &str = "a number";
const COLOUR: &str = "a CSS name, or hexadecimal digits";

/// Every filter, in the order of the documentation.
static ALL: [Filter; 21] = [
    Filter {
        name: "animated",
        doc: "Whether all frames of an animation are read",
        example: "animated(false)",
        arguments: &[argument("flag", "`false`, or anything else for yes", "yes")],
        apply: |call, draft| {
            draft.edit("animated", Json::Flag(call.text(0)?.is_none_or(|text| !text.eq_ignore_ascii_case("false"))));
            Ok(())
        },
    },
    Filter {
        name: "autojpg",
        doc: "The result is a JPEG",
        example: "autojpg()",
        arguments: &[],
        apply: |_, draft| {
            draft.edit("toFormat", Json::text("jpeg"));
            Ok(())
        },
    },
    Filter {
        name: "background_color",
        doc: "A colour behind transparent pixels (`flatten`)",
        example: "background_color(ff8800)",
        arguments: &[argument("colour", COLOUR, "")],
        apply: |call, draft| {
            draft.edit("flatten", Json::object([("background", call.required_text(0)?)]));
            Ok(())
        },
    },
    Filter {
        name: "blur",
        doc: "Softer",
        example: "blur(6)",
        arguments: &[argument("radius", "a number", ""), argument("sigma", "a number from 0.3 to 1000", "radius / 2")],
        apply: |call, draft| {
            let half = call.required_number(0)? / 2.0;
            let sigma = call.number(1)?.unwrap_or(half);
            draft.edit("blur", Json::Number(sigma));
            Ok(())
        },
    },
    Filter {
        name: "convolution",
        doc: "Any kernel, divided by the sum of its weights (`convolve`)",
        example: "convolution(1;2;1;2;4;2;1;2;1,3,true)",
        arguments: &[
            argument("weights", "numbers with `;` between them, row by row", ""),
            argument("columns", "weights of a row", ""),
            argument("normalise", "of no effect", "true"),
        ],
        apply: convolution,
    },
    Filter {
        name: "equalize",
        doc: "Lightness is stretched to the whole range (`normalise`)",
        example: "equalize()",
        arguments: &[],
        apply: |_, draft| {
            draft.edit("normalise", Json::Flag(true));
            Ok(())
        },
    },
    Filter {
        name: "fill",
        doc: "The picture fits into the size, which is filled up with a colour",
        example: "fill(blue)",
        arguments: &[argument("colour", COLOUR, ""), argument("transparent", "of no effect", "false")],
        apply: |call, draft| {
            draft.background = Some(call.required_text(0)?);
            draft.fit = Some("contain");
            Ok(())
        },
    },
    Filter {
        name: "format",
        doc: "The format of the result (`toFormat`)",
        example: "format(webp)",
        arguments: &[argument("name", FormatWish::NAMES, "")],
        apply: |call, draft| {
            draft.edit("toFormat", call.required_text(0)?);
            Ok(())
        },
    },
    Filter {
        name: "grayscale",
        doc: "Luma only",
        example: "grayscale()",
        arguments: &[],
        apply: |_, draft| {
            draft.edit("greyscale", Json::Flag(true));
            Ok(())
        },
    },
    Filter {
        name: "no_upscale",
        doc: "The picture is not enlarged",
        example: "no_upscale()",
        arguments: &[],
        apply: |_, draft| {
            draft.without_enlargement = true;
            Ok(())
        },
    },
    Filter {
        name: "proportion",
        doc: "A factor on the size, or without one on the picture's own",
        example: "proportion(0.5)",
        arguments: &[argument("factor", "a number above 0", "")],
        apply: |call, draft| {
            match call.number(0)? {
                Some(factor) if factor > 0.0 => draft.proportion = Some(factor),
                _ => draft.ignored.push("proportion".to_owned()),
            }
            Ok(())
        },
    },
    Filter {
        name: "quality",
        doc: "The encoder's quality, whatever the format",
        example: "quality(80)",
        arguments: &[argument("quality", "a whole number from 1 to 100", "")],
        apply: |call, draft| {
            draft.edit("quality", Json::Number(call.required_number(0)?));
            Ok(())
        },
    },
    Filter {
        name: "rgb",
        doc: "The chroma of a colour (`tint`), not Thumbor's sum",
        example: "rgb(100,40,10)",
        arguments: &[argument("red", "percent", ""), argument("green", "percent", ""), argument("blue", "percent", "")],
        apply: |call, draft| {
            let channel = |index| Ok(Json::Number(255.0 * call.required_number(index)? / 100.0));
            draft.edit("tint", Json::object([("r", channel(0)?), ("g", channel(1)?), ("b", channel(2)?)]));
            Ok(())
        },
    },
    Filter {
        name: "rotate",
        doc: "Clockwise rotation, after the resize; without degrees upright by EXIF",
        example: "rotate(90)",
        arguments: &[argument("degrees", NUMBER, "by EXIF")],
        apply: |call, draft| {
            match call.number(0)? {
                Some(degrees) => draft.edit("rotate", Json::Number(degrees)),
                None => draft.edit("autoOrient", Json::Flag(true)),
            }
            Ok(())
        },
    },
    Filter {
        name: "sharpen",
        doc: "Crisper, with the deviation 1 + radius / 2; amount and luminance are of no effect",
        example: "sharpen(2,1.0,true)",
        arguments: &[
            argument("amount", NUMBER, "of no effect"),
            argument("radius", NUMBER, ""),
            argument("luminance", "`true` or `false`", "of no effect"),
        ],
        apply: |call, draft| {
            draft.edit("sharpen", Json::Number(1.0 + call.required_number(1)? / 2.0));
            Ok(())
        },
    },
    Filter {
        name: "smart_crop",
        doc: "The window around a face (`smartCrop`), after the resize",
        example: "smart_crop(0,20)",
        arguments: &[argument("face", "a whole number from 0", "0"), argument("padding", "pixels", "0")],
        apply: |call, draft| {
            let number = |index| Ok(Json::Number(call.number(index)?.unwrap_or(0.0)));
            draft.edit("smartCrop", Json::object([("faceIndex", number(0)?), ("padding", number(1)?)]));
            Ok(())
        },
    },
    Filter {
        name: "stretch",
        doc: "Exactly the size, unless the path says `fit-in`",
        example: "stretch()",
        arguments: &[],
        apply: |_, draft| {
            draft.fit = Some("fill");
            Ok(())
        },
    },
    Filter { name: "strip_exif", doc: "Without metadata", example: "strip_exif()", arguments: &[], apply: strip },
    Filter { name: "strip_icc", doc: "Without metadata", example: "strip_icc()", arguments: &[], apply: strip },
    Filter {
        name: "upscale",
        doc: "The picture fits into the size, and grows to it",
        example: "upscale()",
        arguments: &[],
        apply: |_, draft| {
            draft.fit = Some("inside");
            Ok(())
        },
    },
    Filter {
        name: "watermark",
        doc: "A picture on top (`overlayWith`)",
        example: "watermark(my-bucket,logo.png,-10,10p,30,20,20)",
        arguments: &[
            argument("bucket", "a bucket of the list", ""),
            argument("key", "a key, percent-encoded", ""),
            argument("x", "pixels, or percent with `p`; negative ones count from the right", "the middle"),
            argument("y", "pixels, or percent with `p`; negative ones count from below", "the middle"),
            argument("alpha", "percent of transparency", "0"),
            argument("width", "percent of the picture's width", "its own size"),
            argument("height", "percent of the picture's height", "its own size"),
        ],
        apply: watermark,
    },
];

/// Every filter, in the order of the documentation.
pub fn filters() -> &'static [Filter] {
    &ALL
}

#[expect(clippy::unnecessary_wraps, reason = "filters are applied by functions of one type")]
fn strip(_: &Call<'_>, draft: &mut PathDraft) -> Result<(), Error> {
    draft.edit("rotate", Json::Null);
    Ok(())
}

fn convolution(call: &Call<'_>, draft: &mut PathDraft) -> Result<(), Error> {
    let text = call.text(0)?.unwrap_or_default();
    let weights = text.split(';').map(|weight| weight.trim().parse().ok().map(Json::Number));
    let weights: Vec<Json> = weights.collect::<Option<_>>().ok_or_else(|| call.wrong("numbers with ; between them"))?;
    let columns = call.required_number(1)?;
    let rows = (weights.len() as f64 / columns).ceil();
    draft.edit(
        "convolve",
        Json::object([
            ("width", Json::Number(columns)),
            ("height", Json::Number(if rows.is_finite() { rows } else { 0.0 })),
            ("kernel", Json::List(weights)),
        ]),
    );
    Ok(())
}

fn watermark(call: &Call<'_>, draft: &mut PathDraft) -> Result<(), Error> {
    let mut members = vec![("bucket", call.required_text(0)?), ("key", call.required_text(1)?)];
    let mut options = Vec::new();
    for (index, name) in [(2, "left"), (3, "top")] {
        if let Some(offset) = call.text(index)? {
            options.push((name.to_owned(), Json::Text(offset)));
        }
    }
    for (index, name) in [(4, "alpha"), (5, "wRatio"), (6, "hRatio")] {
        if let Some(percent) = call.number(index)? {
            members.push((name, Json::Number(percent)));
        }
    }
    let mut members: Vec<(String, Json)> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    members.push(("options".to_owned(), Json::Object(options)));
    draft.edit("overlayWith", Json::Object(members));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::dit::{ImageRequest, Options};

    fn read(filters: &str) -> Result<String, Error> {
        let options = Options { buckets: vec!["a".to_owned(), "my-bucket".to_owned()], ..Options::default() };
        let request = ImageRequest::read(&format!("/{filters}/a.png"), None, &options)?.request;
        let edits = request.edits.iter().map(|edit| format!("{}={}", edit.definition.name, edit.value.json()));
        Ok(edits.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn names_are_unique_and_examples_right() {
        let mut names = HashSet::new();
        for filter in filters() {
            assert!(names.insert(filter.name) && !filter.doc.is_empty(), "{}", filter.name);
            assert!(filter.example.starts_with(filter.name));
            assert!(!read(&format!("60x40/filters:{}", filter.example)).unwrap().is_empty(), "{}", filter.name);
        }
    }

    #[test]
    fn filters_become_edits() {
        for (filters, expected) in [
            ("filters:blur(10,2)", "blur=2"),
            ("filters:rgb(100,40,10)", r##"tint="#FF661A""##),
            ("filters:proportion(0.5)", r#"resize={"ratio":0.5}"#),
            ("120x90/filters:proportion(0.5)", r#"resize={"width":60,"height":45}"#),
            (
                "fit-in/120x120/filters:fill(blue)",
                r##"resize={"width":120,"height":120,"fit":"contain","background":"#0000FF"}"##,
            ),
            ("fit-in/120x200/filters:stretch()", r#"resize={"width":120,"height":200,"fit":"inside"}"#),
            ("120x200/filters:stretch()", r#"resize={"width":120,"height":200,"fit":"fill"}"#),
            ("60x60/filters:no_upscale()", r#"resize={"width":60,"height":60,"withoutEnlargement":true}"#),
            ("filters:rotate(90):blur(2)/120x90", r#"resize={"width":120,"height":90} blur=1 rotate=90"#),
            ("filters:rotate()", "autoOrient=true"),
            ("filters:format(JPG)", r#"toFormat="JPG""#),
            ("filters:sharpen(1,3,true)", "sharpen=2.5"),
            (
                "filters:watermark(my-bucket,a/b%20c.png,-10,10p,50,,20)",
                r#"overlayWith={"bucket":"my-bucket","key":"a/b c.png","alpha":50,"hRatio":20,"options":{"left":-10,"top":"10p"}}"#,
            ),
        ] {
            assert_eq!(read(filters).as_deref(), Ok(expected), "{filters}");
        }
    }

    #[test]
    fn wrong_arguments_are_named() {
        for filters in [
            "blur()",
            "background_color(zzz)",
            "fill(auto)",
            "sharpen(1)",
            "quality(101)",
            "rotate(x)",
            "convolution(1;2,0)",
        ] {
            let Err(Error::Edit(text)) = read(&format!("60x40/filters:{filters}")) else { panic!("{filters}") };
            assert!(text.contains("must be"), "{filters}: {text}");
        }
    }
}
