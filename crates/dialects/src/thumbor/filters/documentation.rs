//! `docs/dialects/thumbor.md` holds a table of every filter, made from the definitions.

use std::fmt::Write;

use super::{Definition, Form, Presence, reference};
use crate::reference_page::assert_up_to_date;
use crate::thumbor::Flavour;

/// The generated part.
fn table() -> String {
    let mut text = String::new();
    for definition in reference() {
        section(definition, &mut text).unwrap();
    }
    text
}

fn section(definition: &Definition, text: &mut String) -> std::fmt::Result {
    writeln!(text, "\n### `{}`\n\n{}", definition.name, definition.doc)?;
    for form in definition.forms {
        let servers: Vec<&str> = form.flavours.iter().copied().map(Flavour::name).collect();
        let opt_in = if form.opt_in { "; off unless a mount names it" } else { "" };
        let doc = if form.doc.is_empty() { String::new() } else { format!(" {}", form.doc) };
        writeln!(text, "\n**{}**{opt_in}: `{}`.{doc}\n", servers.join(", "), form.example)?;
        parameters(form, text)?;
    }
    Ok(())
}

fn parameters(form: &Form, text: &mut String) -> std::fmt::Result {
    if form.parameters.is_empty() {
        return writeln!(text, "No arguments.");
    }
    writeln!(text, "| argument | takes | default | meaning |\n| --- | --- | --- | --- |")?;
    for parameter in form.parameters {
        let default = match parameter.presence {
            Presence::Required => "must be given",
            Presence::Optional(default) => default,
        };
        writeln!(text, "| `{}` | {} | {default} | {} |", parameter.name, parameter.values, parameter.doc)?;
    }
    Ok(())
}

/// Run with `UPDATE_DOCS=1` to write the table into the page.
#[test]
fn the_page_is_up_to_date() {
    assert_up_to_date("thumbor", &table());
}
