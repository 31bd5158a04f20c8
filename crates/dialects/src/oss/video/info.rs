use lightmill_recipe::{Output, Recipe};

use super::super::arguments::Arguments;
use super::super::definition::{Definition, Origin, Say};
use super::super::draft::Draft;
use super::super::format::{CannotSay, Writer};
use crate::Error;

pub(super) static DEFINITION: Definition = Definition {
    name: "info",
    aliases: &[],
    doc: "JSON about the video as it is stored: container, duration, bit rate, and of each stream its codec, size as it \
          is shown, rotation, frame rate, channels. It stands alone. (Officially this is a job; here it is answered.)",
    origin: Origin::Own,
    example: "info",
    parameters: &[],
    for_marks: false,
    usage: "info takes no parameters",
    read,
    say: Say::Setting(say),
};

fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    if arguments.count() > 0 {
        return Err(arguments.usage());
    }
    draft.video = Some(Output::VideoInfo);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "all definitions share one signature")]
fn say(recipe: &Recipe, _: &Writer<'_>) -> Result<Option<String>, CannotSay> {
    Ok(matches!(recipe.outputs.as_slice(), [Output::VideoInfo]).then(|| "info".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{output, refusal, written};
    use super::*;
    use crate::oss::Flavour::Aliyun;

    #[test]
    fn stands_alone() {
        assert_eq!(output(Aliyun, "info"), Output::VideoInfo);
        assert_eq!(written(Aliyun, "info"), "info");
        assert_eq!(refusal(Aliyun, "info,x_1"), "info takes no parameters");
        assert!(refusal(Aliyun, "info/image/resize,w_1").starts_with("a video request is video/ACTION"));
    }
}
