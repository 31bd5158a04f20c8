//! The query: flat (`quality=80`), dotted (`resize.width=300`) or bracketed (`resize[width]=300`) names; values with lists.

use crate::query::Parameter;
use crate::sharp::Json;

/// Parameters of one request; more are left out.
const MOST: usize = 50;
/// Items of a list; more are no list.
const MOST_ITEMS: usize = 25;

/// Values by name, in the order in which the names first appear; members of one name are gathered. Of a name that is given
/// several times the last holds. A name without a value is `true`, or left out where `compat` says so.
pub(super) fn read(query: Option<&str>, compat: bool) -> Vec<(String, Json)> {
    // A second question mark ends the query.
    let query = query.map(|query| query.split('?').next().unwrap_or_default());
    let mut values: Vec<(String, Json)> = Vec::new();
    for parameter in Parameter::all(query).take(MOST) {
        let decoded = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('+', " ");
        let (name, text) = (decoded(&parameter.name()), decoded(&parameter.value()));
        let (name, member) = split(&name);
        if text.is_empty() && (compat || member.is_some()) {
            continue;
        }
        let value = if text.is_empty() { Json::Flag(true) } else { value(&text) };
        let place = values.iter().position(|(other, _)| other == name).unwrap_or(values.len());
        if place == values.len() {
            values.push((name.to_owned(), Json::Null));
        }
        if let Some((_, slot)) = values.get_mut(place) {
            lay(slot, member, value);
        }
    }
    values
}

/// `a.b` and `a[b]` are the member `b` of `a`.
fn split(name: &str) -> (&str, Option<&str>) {
    let brackets = || name.strip_suffix(']').and_then(|name| name.split_once('['));
    match name.split_once('.').or_else(brackets) {
        Some((name, member)) if !name.is_empty() && !member.is_empty() => (name, Some(member)),
        _ => (name, None),
    }
}

/// The member is added to an object; anything else makes place for it.
fn lay(slot: &mut Json, member: Option<&str>, value: Json) {
    match (slot, member) {
        (Json::Object(members), Some(member)) => {
            members.retain(|(other, _)| other != member);
            members.push((member.to_owned(), value));
        }
        // An object holds against a bare value of the same name.
        (Json::Object(_), None) => {}
        (slot, Some(member)) => *slot = Json::object([(member, value)]),
        (slot, None) => *slot = value,
    }
}

/// Text, `null`, or a list: with commas, or in brackets, where an item may be a list itself.
pub(super) fn value(text: &str) -> Json {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if inner.is_none() && !text.contains(',') {
        return if text == "null" { Json::Null } else { Json::text(text) };
    }
    let items = items(inner.unwrap_or(text));
    if items.len() > MOST_ITEMS {
        return Json::text(text);
    }
    let item = |item: &str| match item.strip_prefix('[').and_then(|item| item.strip_suffix(']')) {
        Some(inner) => Json::List(inner.split(',').take(MOST_ITEMS).map(scalar).collect()),
        None => scalar(item),
    };
    Json::List(items.into_iter().map(item).collect())
}

fn scalar(text: &str) -> Json {
    if text.trim().is_empty() { Json::Null } else { Json::text(text.trim()) }
}

/// What stands between commas outside of brackets.
fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                items.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    items.extend(text.get(start..));
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(query: &str) -> String {
        Json::Object(read(Some(query), false)).to_string()
    }

    #[test]
    fn every_spelling() {
        for (query, expected) in [
            (
                "quality=80&resize.width=300&resize[height]=200",
                r#"{"quality":"80","resize":{"width":"300","height":"200"}}"#,
            ),
            ("resize[height]=600&resize.width=800&resize=x", r#"{"resize":{"height":"600","width":"800"}}"#),
            ("extract=10,20,110,120", r#"{"extract":["10","20","110","120"]}"#),
            ("w=https://o/l.png,[10,20p,0,0.5,]", r#"{"w":["https://o/l.png",["10","20p","0","0.5",null]]}"#),
            ("w=[a,[1,2]]&rotate=null&x=%23f00", r##"{"w":["a",["1","2"]],"rotate":null,"x":"#f00"}"##),
            ("grayscale&q=1&q=2?z=3", r#"{"grayscale":true,"q":"2"}"#),
            ("a.b=&c=1", r#"{"c":"1"}"#),
        ] {
            assert_eq!(written(query), expected, "{query}");
        }
        assert_eq!(read(Some("grayscale&flip="), true), []);
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let many = (0..99).map(|number| format!("n{number}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(read(Some(&many), false).len(), MOST);
        assert!(matches!(value(&",".repeat(99)), Json::Text(_)));
    }
}
