use std::collections::BTreeMap;

use toml::{Table, Value};

use super::Mistake;

/// Variables that begin so are configuration; the rest of the name is the key, `__` between its parts.
const PREFIX: &str = "LIGHTMILL_";

/// The one that is none: it names the file, as `--config` does.
const FILE: &str = "LIGHTMILL_CONFIG";

/// Which keys came from the environment: key path → name of the variable. Their values are text, read as the key's type.
pub type Origins = BTreeMap<String, String>;

/// Lays the variables of lightmill among `variables` over `document`, and notes which keys they are. What contradicts the
/// document's own shape (a table where the file has a number) is a mistake.
pub fn overlay(
    document: &mut Table,
    // Sorted, so that `MOUNTS__0__…` comes before `MOUNTS__1__…`.
    variables: &BTreeMap<String, String>,
    origins: &mut Origins,
    mistakes: &mut Vec<Mistake>,
) {
    for (name, text) in variables.iter().filter(|(name, _)| name.starts_with(PREFIX) && *name != FILE) {
        let parts: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_ascii_lowercase).collect();
        match insert(document, &parts, text) {
            Ok(()) => {
                origins.insert(parts.join("."), name.clone());
            }
            Err(problem) => mistakes.push(Mistake { key: name.clone(), value: None, problem }),
        }
    }
}

fn insert(table: &mut Table, parts: &[String], text: &str) -> Result<(), String> {
    let [part, rest @ ..] = parts else { return Err("names no key".to_owned()) };
    if part.is_empty() {
        return Err("a part of the key is empty; parts are separated by two underscores".to_owned());
    }
    if rest.is_empty() {
        table.insert(part.clone(), Value::String(text.to_owned()));
        return Ok(());
    }
    let numbered = rest[0].bytes().all(|byte| byte.is_ascii_digit());
    let empty = if numbered { Value::Array(Vec::new()) } else { Value::Table(Table::new()) };
    match table.entry(part.clone()).or_insert(empty) {
        Value::Table(inner) => insert(inner, rest, text),
        Value::Array(items) => {
            let index: usize = rest[0].parse().map_err(|_| format!("`{}` is not a position in a list", rest[0]))?;
            if index > items.len() {
                return Err(format!("the list has {} entries; the next position is {}", items.len(), items.len()));
            }
            if index == items.len() {
                items.push(Value::Table(Table::new()));
            }
            match &mut items[index] {
                Value::Table(inner) => insert(inner, &rest[1..], text),
                item if rest.len() == 1 => {
                    *item = Value::String(text.to_owned());
                    Ok(())
                }
                _ => Err(format!("`{part}.{index}` has no keys of its own")),
            }
        }
        _ => Err(format!("`{part}` has no keys of its own")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn keys_are_replaced_added_and_appended() {
        let mut document: Table = "[server]\nlisten = 'a'\n[[mounts]]\npath = '/'".parse().unwrap();
        let mut mistakes = Vec::new();
        let mut origins = Origins::new();
        overlay(
            &mut document,
            &variables(&[
                ("LIGHTMILL_SERVER__LISTEN", "b"),
                ("LIGHTMILL_MOUNTS__0__HOST", "example.org"),
                ("LIGHTMILL_MOUNTS__1__PATH", "/img"),
                ("LIGHTMILL_SOURCES__PHOTOS__URL", "/srv"),
                ("PATH", "/bin"),
            ]),
            &mut origins,
            &mut mistakes,
        );
        assert_eq!(mistakes, []);
        let expected: Table = "[server]\nlisten = 'b'\n[sources.photos]\nurl = '/srv'\n\
            [[mounts]]\npath = '/'\nhost = 'example.org'\n[[mounts]]\npath = '/img'"
            .parse()
            .unwrap();
        assert_eq!(document, expected);
        assert_eq!(origins["server.listen"], "LIGHTMILL_SERVER__LISTEN");
        assert_eq!(origins.len(), 4);
    }

    #[test]
    fn shapes_that_do_not_fit_are_mistakes() {
        let mut document: Table = "[server]\nlisten = 'a'\n[[mounts]]\npath = '/'".parse().unwrap();
        let mut mistakes = Vec::new();
        overlay(
            &mut document,
            &variables(&[
                ("LIGHTMILL_SERVER__LISTEN__PORT", "1"),
                ("LIGHTMILL_MOUNTS__5__PATH", "/"),
                ("LIGHTMILL_MOUNTS__PATH", "/"),
                ("LIGHTMILL_SERVER____LISTEN", "/"),
            ]),
            &mut Origins::new(),
            &mut mistakes,
        );
        assert_eq!(mistakes.len(), 4, "{mistakes:?}");
    }
}
