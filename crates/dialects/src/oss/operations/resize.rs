use lightmill_recipe::{Colour, Enlarge, Fit, Light, Operation, Resize, Target};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

/// The longest side that a request may name.
const SIDE: Values = Values::Integer(1, 16_384);

pub(super) static DEFINITION: Definition = Definition {
    name: "resize",
    aliases: &[],
    doc: "Another size. Of `w`, `h`, `l`, `s` and `p` at least one is usual; without any, the size stays. Where \
          several are given, `w` and `h` hold before `l` and `s` (in the flavours `wchaws` and `keithyt06` it is the \
          other way round), and all of them before `p`. In the flavour `keithyt06`, `m_lfit` with both sides follows \
          the width alone.",
    origin: Origin::Official,
    example: "resize,m_fill,w_200,h_100",
    parameters: &[
        Parameter {
            name: "m",
            doc: "`lfit`: the largest picture that fits into the box; `mfit`: the smallest that covers it; `fill`: \
                  covers it, and what hangs over is cut on both sides; `pad`: fits, and the rest is filled with \
                  `color`; `fixed`: exactly the box, aspect ratio not kept",
            values: Values::Word(&["lfit", "mfit", "fill", "pad", "fixed"]),
            default: "lfit",
            refusal: Some("Unkown m: \"{}\""),
        },
        side("w", "Width in pixels"),
        side("h", "Height in pixels"),
        side("l", "Longer side in pixels"),
        side("s", "Shorter side in pixels"),
        Parameter {
            name: "limit",
            doc: "`1`: a picture is never enlarged; `0`: it is, unless it is a GIF and stays one",
            values: Values::Word(&["0", "1"]),
            default: "1",
            refusal: Some("Unkown limit: \"{}\""),
        },
        Parameter {
            name: "color",
            doc: "Filling of `m_pad`: `RRGGBB`, also `RGB`, `RGBA` and `RRGGBBAA`",
            values: Values::Colour,
            default: "FFFFFF",
            refusal: Some("Unkown color: \"{}\""),
        },
        Parameter {
            name: "p",
            doc: "Percent of the picture's own size; `limit` has no effect on it",
            values: Values::Integer(1, 1000),
            default: "–",
            refusal: Some("Unkown p: \"{}\""),
        },
        Parameter {
            name: "P",
            doc: "Percent of the main picture's size; only for a watermark's picture",
            values: Values::Integer(1, 100),
            default: "–",
            refusal: None,
        },
    ],
    for_marks: true,
    usage: "Resize param error, e.g: resize,w_100",
    read,
    say: Say::Step(say),
};

const fn side(name: &'static str, doc: &'static str) -> Parameter {
    Parameter { name, doc, values: SIDE, default: "–", refusal: None }
}

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let flavour = arguments.flavour;
    let (mut width, mut height, mut longer, mut shorter) = (None, None, None, None);
    let (mut percent, mut percent_of_parent) = (None, None);
    let (mut mode, mut limited, mut background) = ("lfit", true, Colour::WHITE);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "m" => mode = value.choice()?,
            "w" => width = Some(value.integer()?),
            "h" => height = Some(value.integer()?),
            "l" => longer = Some(value.integer()?),
            "s" => shorter = Some(value.integer()?),
            "limit" => limited = value.flag()?,
            "color" => background = value.colour()?,
            "p" => percent = Some(value.integer()?),
            _ if draft.is_mark => percent_of_parent = Some(value.integer()?),
            other => return Err(Error::UnknownParameter(other.to_owned())),
        }
    }
    let fit = match mode {
        "mfit" => Fit::Outside,
        "fill" => Fit::Cover,
        "pad" => Fit::Contain { background },
        "fixed" => Fit::Stretch,
        _ => Fit::Inside,
    };
    let has_box = width.is_some() || height.is_some();
    let has_sides = longer.is_some() || shorter.is_some();
    let target = if has_sides && (!has_box || flavour.sides_beat_box()) {
        Target::Sides { longer, shorter }
    } else if has_box {
        let follows_width = flavour.width_beats_height() && fit == Fit::Inside && width.is_some();
        Target::Box { width, height: height.filter(|_| !follows_width) }
    } else if let Some(percent) = percent {
        Target::Percent(percent)
    } else if let Some(percent) = percent_of_parent {
        Target::PercentOfParent(percent)
    } else {
        Target::Box { width, height }
    };
    let enlarge = match target {
        Target::PercentOfParent(_) => Enlarge::Allowed,
        Target::Box { .. } | Target::Sides { .. } if limited => flavour.limited(),
        _ => Enlarge::AllowedButGif,
    };
    draft.step(Operation::Resize(Resize { target, fit, enlarge, light: Light::default() }));
    Ok(())
}

fn say(operation: &Operation, writer: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Resize(resize) = operation else { return None };
    Some(say_resize(*resize, writer).map(|parts| parts.join(",")))
}

fn say_resize(resize: Resize, writer: &Writer<'_>) -> Result<Vec<String>, CannotSay> {
    let flavour = writer.options.flavour;
    if resize.light != Light::default() {
        return Err(CannotSay::new("a resize in linear light"));
    }
    let mut parts = vec![DEFINITION.name.to_owned()];
    let mode = match resize.fit {
        Fit::Inside => None,
        Fit::Outside => Some("m_mfit"),
        Fit::Cover => Some("m_fill"),
        Fit::Contain { .. } => Some("m_pad"),
        Fit::Stretch => Some("m_fixed"),
    };
    parts.extend(mode.map(str::to_owned));
    let numbers = match resize.target {
        Target::Box { width: Some(_), height: Some(_) }
            if resize.fit == Fit::Inside && flavour.width_beats_height() =>
        {
            return Err(CannotSay::new("a box into which both sides must fit"));
        }
        Target::Box { width, height } => [("w", width), ("h", height)],
        Target::Sides { longer, shorter } => [("l", longer), ("s", shorter)],
        Target::Percent(percent) => [("p", Some(percent)), ("", None)],
        Target::PercentOfParent(percent) if writer.is_mark => [("P", Some(percent)), ("", None)],
        Target::PercentOfParent(_) => return Err(CannotSay::new("percent of a parent of the main picture")),
    };
    for (name, value) in numbers {
        if let Some(value) = value {
            parts.push(DEFINITION.say_number(name, value)?);
        }
    }
    let of_percent = matches!(resize.target, Target::Percent(_) | Target::PercentOfParent(_));
    match resize.enlarge {
        Enlarge::Allowed | Enlarge::AllowedButGif if of_percent => {}
        Enlarge::Allowed | Enlarge::AllowedButGif => parts.push("limit_0".to_owned()),
        _ if of_percent => return Err(CannotSay::new("percent that never enlarge")),
        // The two ways of never enlarging differ only where the aspect ratio is not kept.
        enlarge if resize.fit == Fit::Stretch && enlarge != flavour.limited() => {
            return Err(CannotSay::new("the other way of not enlarging a picture stretched to a box"));
        }
        _ => {}
    }
    if let Fit::Contain { background } = resize.fit
        && background != Colour::WHITE
    {
        parts.push(format!("color_{}", background.to_hex()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, said, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Keithyt06, Wchaws};
    use crate::oss::operations::testing::recipe;

    fn one(flavour: crate::oss::Flavour, text: &str) -> Resize {
        match steps(flavour, text)[..] {
            [Operation::Resize(resize)] => resize,
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn targets() {
        let boxed = |width, height| Target::Box { width, height };
        assert_eq!(one(Aliyun, "resize,w_200,l_100").target, boxed(Some(200), None));
        let sides = Target::Sides { longer: Some(100), shorter: None };
        assert_eq!(one(Wchaws, "resize,w_200,l_100").target, sides);
        assert_eq!(one(Aliyun, "resize,p_50,h_9").target, boxed(None, Some(9)));
        assert_eq!(one(Aliyun, "resize,p_50").target, Target::Percent(50));
        assert_eq!(one(Aliyun, "resize,p_50,limit_1").enlarge, Enlarge::AllowedButGif);
        assert_eq!(one(Aliyun, "resize").target, boxed(None, None));
        assert_eq!(one(Keithyt06, "resize,w_200,h_100").target, boxed(Some(200), None));
        assert_eq!(one(Keithyt06, "resize,m_fill,w_200,h_100").target, boxed(Some(200), Some(100)));
    }

    #[test]
    fn limits_of_each_flavour() {
        assert_eq!(one(Aliyun, "resize,w_1").enlarge, Enlarge::Never);
        assert_eq!(one(Wchaws, "resize,w_1").enlarge, Enlarge::NeverEachSide);
        assert_eq!(one(Keithyt06, "resize,w_1,limit_1").enlarge, Enlarge::NeverEachSide);
        assert_eq!(one(Keithyt06, "resize,w_1,limit_0").enlarge, Enlarge::AllowedButGif);
    }

    #[test]
    fn refusals() {
        for text in ["resize,w_0", "resize,w_999999", "resize,w_-1", "resize,w_abc", "resize,w"] {
            for flavour in [Aliyun, Wchaws, Keithyt06] {
                assert_eq!(refusal(flavour, text), "resize w must be a whole number from 1 to 16384");
            }
        }
        assert_eq!(refusal(Wchaws, "resize,m_unkown"), "Unkown m: \"unkown\"");
        assert_eq!(refusal(Aliyun, "resize,m_x"), "resize m must be one of lfit, mfit, fill, pad, fixed");
        assert_eq!(refusal(Wchaws, "resize,limit_3"), "Unkown limit: \"3\"");
        assert_eq!(refusal(Wchaws, "resize,p_0"), "Unkown p: \"0\"");
        assert_eq!(refusal(Wchaws, "resize,color_12"), "Unkown color: \"12\"");
        assert_eq!(refusal(Aliyun, "resize,W_1"), "Unkown param: \"W\"");
        assert_eq!(refusal(Aliyun, "resize,P_30"), "Unkown param: \"P\"");
        assert_eq!(refusal(Aliyun, "resize,w_10_20"), "resize w must be a whole number from 1 to 16384");
        assert_eq!(one(Wchaws, "resize,w_10_20").target, Target::Box { width: Some(10), height: None });
    }

    #[test]
    fn canonical_forms() {
        assert_eq!(written(Aliyun, "resize,h_2,,w_1,m_lfit,limit_1,"), "resize,w_1,h_2");
        assert_eq!(written(Aliyun, "resize,m_pad,w_1,color_f00"), "resize,m_pad,w_1,color_FF0000");
        assert_eq!(written(Wchaws, "resize,m_fixed,l_7,limit_0,color_f00"), "resize,m_fixed,l_7,limit_0");
        assert_eq!(written(Keithyt06, "resize,p_7"), "resize,p_7");
        assert_eq!(written(Aliyun, "resize"), "resize");
    }

    #[test]
    fn what_has_no_words() {
        let stretched = recipe(Aliyun, "resize,m_fixed,w_800,h_100").unwrap();
        assert!(said(Wchaws, &stretched).is_err());
        let boxed = recipe(Aliyun, "resize,w_800,h_100").unwrap();
        assert_eq!(said(Wchaws, &boxed).unwrap(), "resize,w_800,h_100");
        assert!(said(Keithyt06, &boxed).is_err());
    }
}
