use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "strip-metadata",
    aliases: &[],
    doc: "Does nothing of its own: EXIF, XMP and colour profiles are always dropped, after the profile was applied. \
          Whatever follows it is accepted.",
    origin: Origin::Extension,
    example: "strip-metadata",
    parameters: &[],
    for_marks: false,
    usage: "",
    read,
    say: Say::Setting(|_, _| Ok(None)),
};

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn read(_: &Arguments<'_>, _: &mut Draft<'_>) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{recipe, steps, written};
    use crate::oss::Flavour::{Aliyun, Wchaws};

    #[test]
    fn does_nothing() {
        assert_eq!(steps(Aliyun, "strip-metadata"), []);
        assert_eq!(recipe(Wchaws, "strip-metadata,1"), recipe(Wchaws, "auto-orient,1"));
        assert_eq!(written(Wchaws, "strip-metadata/resize,w_1"), "resize,w_1");
    }
}
