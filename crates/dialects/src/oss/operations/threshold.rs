use lightmill_recipe::Recipe;

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Parameter, Say, Values};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "threshold",
    aliases: &[],
    doc: "Sources of fewer bytes are returned as they are, whatever else is asked for; only metadata that the mount does \
          not keep are taken out. Formats out of which they cannot be taken are treated as all others.",
    origin: Origin::Extension,
    example: "threshold,23000",
    parameters: &[Parameter {
        name: "",
        doc: "Bytes",
        values: Values::Integer(1, i64::MAX - 1),
        default: "must be given",
        refusal: Some("Invalid threshold params, threshold must be greater than zero"),
    }],
    for_marks: false,
    usage: "Invalid threshold params, incomplete param",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.threshold = Some(arguments.single()?.integer()?);
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    // Every source has at least 0 bytes.
    let Some(bytes) = recipe.only_if_source_bytes_at_least.filter(|bytes| *bytes > 0) else { return Ok(None) };
    let bytes = DEFINITION.say_number("", i64::try_from(bytes).unwrap_or(i64::MAX))?;
    Ok(Some(format!("threshold,{bytes}")))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, refusal, written};
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn bytes() {
        let read = recipe(Aliyun, "threshold,23000/resize,w_50").unwrap();
        assert_eq!(read.only_if_source_bytes_at_least, Some(23_000));
        assert_eq!(written(Wchaws, "threshold,10/resize,w_50"), "resize,w_50/threshold,10");
        assert_eq!(refusal(Wchaws, "threshold"), "Invalid threshold params, incomplete param");
        let refused = "Invalid threshold params, threshold must be greater than zero";
        assert_eq!(refusal(Wchaws, "threshold,-1"), refused);
        assert_eq!(refusal(Aliyun, "threshold,0"), "threshold must be a whole number from 1");
    }
}
