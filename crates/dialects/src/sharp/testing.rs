//! Shorthand for the tests of the dialects.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::{Json, Parameter, Presence, Takes};

/// The rows of a file of the recorded corpus, which lies beside the checkout or where `LIGHTMILL_CONFORMANCE` says; none
/// where it is not.
pub(crate) fn recorded(file: &str) -> Vec<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let folder = std::env::var_os("LIGHTMILL_CONFORMANCE").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A table of the members that are taken, if objects are.
pub(crate) fn members(takes: Takes, text: &mut String) -> std::fmt::Result {
    let parameters = takes.parameters();
    if parameters.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n| member | takes | default | meaning |\n| --- | --- | --- | --- |")?;
    rows("", parameters, text)
}

fn rows(prefix: &str, parameters: &[Parameter], text: &mut String) -> std::fmt::Result {
    for parameter in parameters {
        let default = match parameter.presence {
            Presence::Required => "must be given",
            Presence::Optional(default) => default,
        };
        let alias = if parameter.alias.is_empty() { String::new() } else { format!(", `{prefix}{}`", parameter.alias) };
        let name = format!("`{prefix}{}`{alias}", parameter.name);
        let inner = parameter.takes.parameters();
        if inner.is_empty() {
            writeln!(text, "| {name} | {} | {default} | {} |", parameter.takes, parameter.doc)?;
        } else {
            rows(&format!("{prefix}{}.", parameter.name), inner, text)?;
        }
    }
    Ok(())
}

/// JSON that `takes` takes, mostly.
pub(crate) fn json(takes: Takes) -> BoxedStrategy<Json> {
    let text = |text: &'static str| text.prop_map(Json::Text).boxed();
    match takes {
        Takes::Nothing(_) | Takes::Null => Just(Json::Null).boxed(),
        Takes::True => Just(Json::Flag(true)).boxed(),
        Takes::Flag => prop_oneof![any::<bool>().prop_map(Json::Flag), text("true|false|no")].boxed(),
        Takes::Number(min, max) => {
            prop_oneof![(min..=max), Just(min), Just(max), (0.3..9.0)].prop_map(Json::Number).boxed()
        }
        Takes::Integer(min, max) | Takes::Rounded(min, max) => {
            let number = |number: i64| Json::Number(number as f64);
            prop_oneof![(min..=max).prop_map(number), (1..99_i64).prop_map(number), text("-?[0-9]{1,3}(\\.5)?")].boxed()
        }
        Takes::Word(words) => proptest::sample::select(words).prop_map(Json::text).boxed(),
        Takes::Text(_) => text("b|[a-z]{1,5}\\.png|-?[0-9]{1,3}p|(webp|JPG|auto|png)"),
        Takes::Colour => {
            let object = (0..256_u32, 0..=256_u32, 0.0..=1.0).prop_map(|(r, g, alpha)| {
                let channel = |value: u32| Json::Number(f64::from(value));
                Json::object([("r", channel(r)), ("g", channel(g)), ("alpha", Json::Number(alpha))])
            });
            prop_oneof![text("red|#[0-9a-f]{3}|[0-9A-F]{8}|transparent|zzz|rgba\\(1, 2,3,0\\.5\\)"), object].boxed()
        }
        Takes::Numbers(least, most) => {
            let count = least..=most.min(least + 3);
            proptest::collection::vec((-99.0..99.0).prop_map(Json::Number), count).prop_map(Json::List).boxed()
        }
        Takes::Square(sides) => proptest::sample::select(sides)
            .prop_flat_map(|side| {
                let row = proptest::collection::vec((-2.0..2.0).prop_map(Json::Number), side).prop_map(Json::List);
                proptest::collection::vec(row, side).prop_map(Json::List)
            })
            .boxed(),
        Takes::Texts(_) => {
            proptest::collection::vec("[a-zA-Z ]{1,9}".prop_map(Json::Text), 0..3).prop_map(Json::List).boxed()
        }
        Takes::Object(parameters) => members_of(parameters),
        Takes::Any(any) => proptest::strategy::Union::new(any.iter().map(|takes| json(*takes))).boxed(),
    }
}

/// An object with the members that must be given and, mostly, half of the others.
fn members_of(parameters: &'static [Parameter]) -> BoxedStrategy<Json> {
    let members: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            let presence = if parameter.presence == Presence::Required { 0.98 } else { 0.4 };
            let name = if parameter.alias.is_empty() { parameter.name } else { parameter.alias };
            proptest::option::weighted(presence, json(parameter.takes).prop_map(move |json| (name.to_owned(), json)))
        })
        .collect();
    members.prop_map(|members| Json::Object(members.into_iter().flatten().collect())).boxed()
}
