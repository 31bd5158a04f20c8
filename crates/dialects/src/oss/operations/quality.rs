use lightmill_recipe::{Output, QualityRule, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "quality",
    aliases: &[],
    doc: "Quality of lossy formats, wherever this stands; the last one holds. Where both numbers are given, `Q` holds; \
          in the flavours `wchaws` and `keithyt06`, `q`. Without a number the flavour `wchaws` takes 72, `keithyt06` the \
          format's default.",
    origin: Origin::Official,
    example: "quality,q_80",
    parameters: &[
        Parameter {
            name: "q",
            doc: "Percent of the quality of a JPEG source; the number itself for other formats, and in the flavour \
                  `keithyt06`",
            values: Values::Integer(1, 100),
            default: "–",
            refusal: Some("Quality must be between 1 and 100"),
        },
        Parameter {
            name: "Q",
            doc: "The number itself, but officially never above the quality of a JPEG source",
            values: Values::Integer(1, 100),
            default: "–",
            refusal: Some("Quality must be between 1 and 100"),
        },
    ],
    for_marks: false,
    usage: "quality needs q or Q, a whole number from 1 to 100",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let flavour = arguments.flavour;
    let (mut relative, mut absolute) = (None, None);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "q" => relative = Some(flavour.relative_quality(value.integer()?)),
            _ => absolute = Some(flavour.absolute_quality(value.integer()?)),
        }
    }
    let rule = if flavour.absolute_quality_beats_relative() { absolute.or(relative) } else { relative.or(absolute) };
    draft.quality = rule.or(flavour.quality_without_number()).ok_or_else(|| arguments.usage())?;
    Ok(())
}

fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Picture(picture)] = recipe.outputs.as_slice() else { return Ok(None) };
    let flavour = writer.options.flavour;
    let n = match picture.quality.rule {
        QualityRule::Default => return Ok(None),
        QualityRule::Absolute(n) | QualityRule::AtMostSource(n) | QualityRule::OfSource(n) => n,
        QualityRule::Perceptual(_) => return Err(CannotSay::new("a quality by its score")),
    };
    let key = if flavour.absolute_quality(n) == picture.quality.rule {
        'Q'
    } else if flavour.relative_quality(n) == picture.quality.rule {
        'q'
    } else {
        return Err(CannotSay::new(format!("the quality {:?} in this flavour", picture.quality.rule)));
    };
    Ok(Some(format!("quality,{key}_{n}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, said, written};
    use super::*;
    use crate::oss::Flavour::{self, Aliyun, Keithyt06, Wchaws};
    use lightmill_recipe::Quality;

    fn quality(flavour: Flavour, text: &str) -> Quality {
        match recipe(flavour, text).unwrap().outputs.swap_remove(0) {
            Output::Picture(picture) => picture.quality,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rules_of_each_flavour() {
        use QualityRule::{Absolute, AtMostSource, Default, OfSource};
        for (text, aliyun, wchaws, keithyt06) in [
            ("quality,q_50", OfSource(50), OfSource(50), Absolute(50)),
            ("quality,Q_50", AtMostSource(50), Absolute(50), Absolute(50)),
            ("quality,q_40,Q_50", AtMostSource(50), OfSource(40), Absolute(40)),
            ("quality,q_40/quality,Q_50", AtMostSource(50), Absolute(50), Absolute(50)),
            ("resize,w_1", Default, Default, Default),
        ] {
            for (flavour, rule) in [(Aliyun, aliyun), (Wchaws, wchaws), (Keithyt06, keithyt06)] {
                assert_eq!(quality(flavour, text).rule, rule, "{flavour:?} {text}");
                written(flavour, text);
            }
        }
        assert_eq!(quality(Wchaws, "quality").rule, Absolute(72));
        assert_eq!(quality(Keithyt06, "quality").rule, Default);
        let default = quality(Keithyt06, "resize,w_1").default;
        assert_eq!((default.jpeg, default.webp, default.avif), (80, 75, 55));
    }

    #[test]
    fn refusals() {
        assert_eq!(refusal(Aliyun, "quality"), "quality needs q or Q, a whole number from 1 to 100");
        for text in ["quality,q_0", "quality,Q_-1", "quality,q_1111"] {
            assert_eq!(refusal(Wchaws, text), "Quality must be between 1 and 100");
        }
        assert_eq!(refusal(Aliyun, "quality,Q_101"), "quality Q must be a whole number from 1 to 100");
        assert_eq!(refusal(Aliyun, "quality,80"), "Unkown param: \"80\"");
    }

    #[test]
    fn what_has_no_words() {
        let absolute = recipe(Wchaws, "quality,Q_50").unwrap();
        assert!(said(Aliyun, &absolute).is_err());
        let mut perceptual = absolute.clone();
        if let Output::Picture(picture) = &mut perceptual.outputs[0] {
            picture.quality.rule = QualityRule::Perceptual(70);
        }
        assert!(said(Aliyun, &perceptual).is_err());
        assert_eq!(said(Keithyt06, &absolute).unwrap(), "quality,Q_50/interlace,0");
    }
}
