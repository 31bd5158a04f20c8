use lightmill_recipe::{Format, Formats};
use serde::Deserialize;

use super::section::Section;

/// One key for each format: `true`, `false`, `"read"` or `"write"`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "is true, false, \"read\" or \"write\"")]
enum Switch {
    Both(bool),
    Word(String),
}

/// `[formats]`: what is left on of what the build can read and write.
pub(super) fn formats(mut section: Section<'_>) -> Formats {
    let mut formats = Formats::default();
    for format in Format::ALL {
        // A value of the environment is a word, whatever it says.
        let (read, write) = match section.optional::<Switch>(format.name()) {
            None | Some(Switch::Both(true)) => (true, true),
            Some(Switch::Both(false)) => (false, false),
            Some(Switch::Word(word)) => match word.as_str() {
                "true" => (true, true),
                "false" => (false, false),
                "read" => (true, false),
                "write" => (false, true),
                _ => {
                    section.mistake(format.name(), &word, "is true, false, \"read\" or \"write\"");
                    (true, true)
                }
            },
        };
        formats.set(format, read, write);
    }
    section.finish();
    formats
}
