//! `docs/dialects/oss.md` holds a table of every action, made from the definitions.

use std::fmt::Write;

use super::{Definition, Origin, reference};

const BEGIN: &str = "<!-- generated from crates/dialects: begin -->\n";
const END: &str = "<!-- generated from crates/dialects: end -->\n";

/// The generated part.
fn table() -> String {
    let mut text = String::new();
    for definition in reference() {
        section(definition, &mut text).unwrap();
    }
    text
}

fn section(definition: &Definition, text: &mut String) -> std::fmt::Result {
    let origin = match definition.origin {
        Origin::Official => "",
        Origin::Extension => " (extension)",
    };
    writeln!(text, "\n### `{}`{origin}\n\n{}\n", definition.name, definition.doc)?;
    if !definition.aliases.is_empty() {
        writeln!(text, "Also written `{}`.\n", definition.aliases.join("`, `"))?;
    }
    writeln!(text, "Example: `image/{}`\n", definition.example)?;
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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/dialects/oss.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a mark where the table begins");
    let (written, after) = rest.split_once(END).expect("the page has a mark where the table ends");
    let table = table();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}\n{END}{after}")).unwrap();
    } else {
        assert_eq!(written.trim(), table.trim(), "run this test with UPDATE_DOCS=1");
    }
}
