use lightmill_recipe::{Frames, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "cgif",
    aliases: &[],
    doc: "Keeps only the first frames of a GIF. Sources of other formats are refused.",
    origin: Origin::Extension,
    example: "cgif,s_2",
    parameters: &[Parameter {
        name: "s",
        doc: "Number of frames",
        values: Values::Integer(1, 1000),
        default: "must be given",
        refusal: Some("Unkown param: \"s\""),
    }],
    for_marks: false,
    usage: "Cgif param error, e.g: cgif,s_1",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let frames = arguments.only()?.integer()?;
    draft.main(|input| input.frames = Frames::FirstOfGif(frames));
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    match recipe.main().map(|main| main.frames) {
        Some(Frames::FirstOfGif(frames)) => Ok(Some(format!("cgif,{}", DEFINITION.say_number("s", frames)?))),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn frames() {
        assert_eq!(recipe(Aliyun, "cgif,s_2").unwrap().inputs[0].frames, Frames::FirstOfGif(2));
        assert_eq!(written(Wchaws, "cgif,s_2/resize,w_1"), "resize,w_1/cgif,s_2");
        assert_eq!(refusal(Wchaws, "cgif,s_0"), "Unkown param: \"s\"");
        assert_eq!(refusal(Wchaws, "cgif,x_0"), "Unkown param: \"x\"");
        assert_eq!(refusal(Wchaws, "cgif"), "Cgif param error, e.g: cgif,s_1");
        assert_eq!(refusal(Aliyun, "cgif,s_1001"), "cgif s must be a whole number from 1 to 1000");
    }
}
