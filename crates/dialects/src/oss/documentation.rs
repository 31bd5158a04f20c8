//! `docs/dialects/oss.md` holds a table of every action, made from the definitions.

use std::fmt::Write;

use super::{Definition, Origin, reference, video_reference};
use crate::reference_page::assert_up_to_date;

/// The generated part.
fn table() -> String {
    let mut text = String::new();
    for (processor, definitions) in [("image", reference()), ("video", video_reference())] {
        for definition in definitions {
            section(processor, definition, &mut text).unwrap();
        }
    }
    text
}

fn section(processor: &str, definition: &Definition, text: &mut String) -> std::fmt::Result {
    let origin = match definition.origin {
        Origin::Official => "",
        Origin::Extension => " (extension)",
        Origin::Own => " (of lightmill)",
    };
    let before = if processor == "image" { "" } else { "video/" };
    writeln!(text, "\n### `{before}{}`{origin}\n\n{}\n", definition.name, definition.doc)?;
    if !definition.aliases.is_empty() {
        writeln!(text, "Also written `{}`.\n", definition.aliases.join("`, `"))?;
    }
    writeln!(text, "Example: `{processor}/{}`\n", definition.example)?;
    if definition.parameters.is_empty() {
        return writeln!(text, "No parameters.");
    }
    writeln!(text, "| parameter | takes | default | meaning |\n| --- | --- | --- | --- |")?;
    for parameter in definition.parameters {
        let name = if parameter.name.is_empty() { "(value)".to_owned() } else { format!("`{}`", parameter.name) };
        writeln!(text, "| {name} | {} | {} | {} |", parameter.values, parameter.default, parameter.doc)?;
    }
    Ok(())
}

/// Run with `UPDATE_DOCS=1` to write the table into the page.
#[test]
fn the_page_is_up_to_date() {
    assert_up_to_date("oss", &table());
}
