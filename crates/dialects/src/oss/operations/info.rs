use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "info",
    aliases: &[],
    doc: "JSON about the source as it is stored, instead of a picture: file size, format, width, height; officially \
          also the number of frames and every EXIF tag. It stands alone; in the flavours `wchaws` and `keithyt06` \
          other actions are read and have no effect.",
    origin: Origin::Official,
    example: "info",
    parameters: &[],
    for_marks: false,
    usage: "Info param error",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.count() > 0 {
        return Err(arguments.usage());
    }
    draft.report(DEFINITION.name, Output::Info(arguments.flavour.info()))
}

fn say(recipe: &Recipe, writer: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    match recipe.outputs.as_slice() {
        [Output::Info(fields)] if *fields == writer.options.flavour.info() => Ok(Some("info".to_owned())),
        [Output::Info(_)] => Err(CannotSay::new("which fields of information")),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::InfoFields;

    use super::super::testing::{recipe, refusal, said, written};
    use super::*;
    use crate::oss::Flavour::{Aliyun, Keithyt06, Wchaws};

    #[test]
    fn stands_alone() {
        assert_eq!(recipe(Aliyun, "info").unwrap().outputs, [Output::Info(InfoFields::Full)]);
        for flavour in [Wchaws, Keithyt06] {
            let read = recipe(flavour, "resize,w_1/info/auto-orient,0/format,png").unwrap();
            assert_eq!(read.outputs, [Output::Info(InfoFields::Basic)]);
            assert_eq!(Ok(read), recipe(flavour, "info"));
            assert_eq!(written(flavour, "info"), "info");
        }
        assert_eq!(refusal(Aliyun, "resize,w_1/info"), "info cannot be combined with resize");
        assert_eq!(refusal(Aliyun, "info/format,png"), "info cannot be combined with format");
        assert_eq!(refusal(Wchaws, "info,1"), "Info param error");
        assert_eq!(refusal(Wchaws, "info/resize,m_x"), "Unkown m: \"x\"");
        assert!(said(Wchaws, &recipe(Aliyun, "info").unwrap()).is_err());
    }
}
