//! `docs/dialects/dit.md` holds tables of every edit, filter and query parameter, made from the definitions.

use std::fmt::Write;

use super::{Definition, Filter, edits, filters, parameters};
use crate::reference_page::assert_up_to_date;
use crate::sharp::testing::members;

/// The generated part.
fn tables() -> String {
    let mut text = String::from("\n## Edits\n");
    for definition in edits() {
        edit(definition, &mut text).unwrap();
    }
    text.push_str("\n## Filters of paths\n\n| filter | arguments | does |\n| --- | --- | --- |\n");
    for filter in filters() {
        row(filter, &mut text).unwrap();
    }
    text.push_str("\n## Query parameters\n\n| parameter | takes | means |\n| --- | --- | --- |\n");
    for parameter in parameters() {
        writeln!(text, "| `{}` | {} | {} |", parameter.name, parameter.takes, parameter.doc).unwrap();
    }
    text
}

fn edit(definition: &Definition, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n### `{}`\n\n{}\n", definition.name, definition.doc)?;
    if !definition.aliases.is_empty() {
        writeln!(text, "Also written `{}`.\n", definition.aliases.join("`, `"))?;
    }
    if !definition.example.is_empty() {
        writeln!(text, "Example: `\"{}\": {}`\n", definition.name, definition.example)?;
    }
    writeln!(text, "Takes {}.", definition.takes)?;
    members(definition.takes, text)
}

fn row(filter: &Filter, text: &mut String) -> std::fmt::Result {
    let argument = |argument: &super::Argument| match argument.default {
        "" => format!("{}: {}", argument.name, argument.takes),
        default => format!("{}: {} ({default})", argument.name, argument.takes),
    };
    let arguments: Vec<String> = filter.arguments.iter().map(argument).collect();
    writeln!(text, "| `{}` | {} | {} |", filter.example, arguments.join("; "), filter.doc)
}

/// Run with `UPDATE_DOCS=1` to write the tables into the page.
#[test]
fn the_page_is_up_to_date() {
    assert_up_to_date("dit", &tables());
}
