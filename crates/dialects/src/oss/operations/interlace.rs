use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "interlace",
    aliases: &[],
    doc: "Whether a JPEG is progressive, wherever this stands; the last one holds. Other formats ignore it. Where it \
          is not given, the source's own data can be the result whichever of the two they are.",
    origin: Origin::Official,
    example: "interlace,1",
    parameters: &[Parameter {
        name: "",
        doc: "`1`: progressive; `0`: baseline",
        values: Values::Word(&["0", "1"]),
        default: "0; in the flavour `keithyt06` 1",
        refusal: Some("Interlace must be 0 or 1"),
    }],
    for_marks: false,
    usage: "Interlace param error, e.g: interlace,1",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.progressive = Some(arguments.single()?.flag()?);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Picture(picture)] = recipe.outputs.as_slice() else { return Ok(None) };
    let differs = picture.progressive != writer.options.flavour.progressive();
    Ok(differs.then(|| format!("interlace,{}", u8::from(picture.progressive == Some(true)))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{refusal, written};
    use crate::oss::Flavour::{Aliyun, Keithyt06, Wchaws};

    #[test]
    fn on_and_off() {
        assert_eq!(written(Aliyun, "interlace,1/resize,w_1"), "resize,w_1/interlace,1");
        assert_eq!(written(Aliyun, "interlace,1/interlace,0"), "interlace,0");
        assert_eq!(written(Keithyt06, "interlace,1"), "auto-orient,1");
        assert_eq!(written(Keithyt06, "interlace,0"), "interlace,0");
        assert_eq!(refusal(Wchaws, "interlace,2"), "Interlace must be 0 or 1");
        assert_eq!(refusal(Wchaws, "interlace"), "Interlace param error, e.g: interlace,1");
    }
}
