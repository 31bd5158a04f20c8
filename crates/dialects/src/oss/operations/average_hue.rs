use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "average-hue",
    aliases: &[],
    doc: "The mean colour of the picture after the actions before it, as the text `0xRRGGBB`. It is the last action, \
          and no `format`, `quality` or `interlace` stands with it.",
    origin: Origin::Official,
    example: "average-hue",
    parameters: &[],
    for_marks: false,
    usage: "average-hue takes no parameters",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.count() > 0 {
        return Err(arguments.usage());
    }
    draft.report(DEFINITION.name, Output::AverageHue)
}

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    Ok(matches!(recipe.outputs.as_slice(), [Output::AverageHue]).then(|| "average-hue".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn comes_last() {
        assert_eq!(recipe(Wchaws, "average-hue").unwrap().outputs, [Output::AverageHue]);
        assert_eq!(steps(Aliyun, "resize,w_1/average-hue").len(), 1);
        assert_eq!(written(Aliyun, "crop,w_9/average-hue"), "crop,w_9/average-hue");
        assert_eq!(refusal(Aliyun, "average-hue/resize,w_1"), "average-hue cannot be combined with resize");
        assert_eq!(refusal(Aliyun, "format,png/average-hue"), "average-hue cannot be combined with format");
        assert_eq!(refusal(Aliyun, "average-hue,1"), "average-hue takes no parameters");
        assert_eq!(refusal(Aliyun, "info/average-hue"), "average-hue cannot be combined with info");
    }
}
