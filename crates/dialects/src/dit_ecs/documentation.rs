//! `docs/dialects/dit-ecs.md` holds a table of every transformation, made from the definitions.

use std::fmt::Write;

use super::{Config, ConfigEntries, Definition, transformations};
use crate::reference_page::assert_up_to_date;
use crate::sharp::testing::members;

/// The generated part.
fn table() -> String {
    let mut text = String::new();
    for definition in transformations() {
        section(definition, &mut text).unwrap();
    }
    text
}

fn section(definition: &Definition, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n### `{}`\n\n{}\n", definition.name, definition.doc)?;
    if !definition.aliases.is_empty() {
        writeln!(text, "Also written `{}`.\n", definition.aliases.join("`, `"))?;
    }
    writeln!(text, "Example: `{}`\n\nTakes {}.", definition.example, definition.takes)?;
    members(definition.takes, text)
}

/// The configuration that the page shows can be used.
#[test]
fn the_configuration_of_the_page_is_right() {
    let page = include_str!("../../../../docs/dialects/dit-ecs.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let page: toml::Table = text.parse().unwrap();
    let entries: ConfigEntries = page["mounts"][0]["dit_ecs"].clone().try_into().unwrap();
    assert_eq!((entries.origins.len(), entries.mappings.len(), entries.policies.len()), (2, 1, 1));
    assert_eq!(entries.policies[0].outputs.autosize.as_ref().unwrap().widths.len(), 4);
    assert!(Config::new(entries).is_ok());
}

/// Run with `UPDATE_DOCS=1` to write the table into the page.
#[test]
fn the_page_is_up_to_date() {
    assert_up_to_date("dit-ecs", &table());
}
