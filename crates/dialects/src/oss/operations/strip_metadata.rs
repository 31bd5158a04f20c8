use lightmill_recipe::{Metadata, Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "strip-metadata",
    aliases: &[],
    doc: "Drops EXIF and XMP, as every request does where the mount does not keep them. Whatever follows it is accepted.",
    origin: Origin::Extension,
    example: "strip-metadata",
    parameters: &[],
    for_marks: false,
    usage: "",
    read,
    say: Say::Setting(say),
};

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn read(_: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    draft.metadata = Some(Metadata::Drop);
    Ok(())
}

fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    let [Output::Picture(picture)] = recipe.outputs.as_slice() else { return Ok(None) };
    match picture.metadata {
        None => Ok(None),
        Some(Metadata::Drop) => Ok(Some(DEFINITION.name.to_owned())),
        Some(other) => Err(CannotSay::new(format!("metadata = {}", other.name()))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, said, steps, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn changes_no_pixel() {
        assert_eq!(steps(Aliyun, "strip-metadata"), []);
        assert_eq!(recipe(Wchaws, "strip-metadata,1"), recipe(Wchaws, "strip-metadata"));
        assert_eq!(written(Wchaws, "strip-metadata/resize,w_1"), "resize,w_1/strip-metadata");
    }

    #[test]
    fn what_is_kept_has_no_words() {
        let mut wish = recipe(Wchaws, "strip-metadata").unwrap();
        if let Output::Picture(picture) = &mut wish.outputs[0] {
            picture.metadata = Some(Metadata::Copyright);
        }
        assert!(said(Wchaws, &wish).is_err());
    }
}
