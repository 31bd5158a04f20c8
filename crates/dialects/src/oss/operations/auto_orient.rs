use lightmill_recipe::{Orientation, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "auto-orient",
    aliases: &[],
    doc: "Whether EXIF orientation is applied before the first step, wherever this stands. The tag itself is always \
          dropped.",
    origin: Origin::Official,
    example: "auto-orient,0",
    parameters: &[Parameter {
        name: "",
        doc: "`1`: upright; `0`: as stored",
        values: Values::Word(&["0", "1"]),
        default: "1",
        refusal: Some("Auto-orient param must be 0 or 1"),
    }],
    for_marks: true,
    usage: "Auto-orient param error, e.g: auto-orient,1",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let orientation = if arguments.single()?.flag()? { Orientation::Apply } else { Orientation::Ignore };
    draft.main(|input| input.orientation = orientation);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let ignored = recipe.main().is_some_and(|main| main.orientation == Orientation::Ignore);
    Ok(ignored.then(|| "auto-orient,0".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn wherever_it_stands() {
        for text in ["auto-orient,0/resize,w_9", "resize,w_9/auto-orient,0"] {
            assert_eq!(recipe(Aliyun, text).unwrap().inputs[0].orientation, Orientation::Ignore);
            assert_eq!(written(Aliyun, text), "resize,w_9/auto-orient,0");
        }
        assert_eq!(recipe(Aliyun, "resize,w_9").unwrap().inputs[0].orientation, Orientation::Apply);
        assert_eq!(written(Aliyun, "auto-orient,1"), "auto-orient,1");
        assert_eq!(refusal(Wchaws, "auto-orient,2"), "Auto-orient param must be 0 or 1");
        assert_eq!(refusal(Wchaws, "auto-orient"), "Auto-orient param error, e.g: auto-orient,1");
    }
}
