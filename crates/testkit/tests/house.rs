//! Rules of the house that no compiler knows: which crate may use which, and which licences may be built in.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// The rooms in the order in which imports run: each may use only those before it.
const ROOMS: [&str; 14] = [
    "lightmill-recipe",
    "lightmill-dialects",
    "lightmill-jpeg",
    "lightmill-resample",
    "lightmill-image",
    "lightmill-store",
    "lightmill-vision",
    "lightmill-video",
    "lightmill-mill",
    "lightmill-jobs",
    "lightmill-server",
    "lightmill",
    "lightmill-testkit",
    "lightmill-bench",
];

/// Neighbours on one floor, which know nothing of each other.
const FLOOR: [&str; 4] = ["lightmill-dialects", "lightmill-image", "lightmill-store", "lightmill-video"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn metadata(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn imports_run_one_way() {
    let metadata = metadata(&["--no-deps"]);
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(place) = ROOMS.iter().position(|room| *room == name) else {
            problems.push(format!("{name} has no place in ROOMS"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            let Some(other_place) = ROOMS.iter().position(|room| *room == other) else { continue };
            let for_tests = dependency["kind"] == "dev";
            if other == "lightmill-testkit" {
                if !for_tests && name != "lightmill-bench" {
                    problems.push(format!("{name} uses {other} outside tests"));
                }
            } else if other_place >= place || (FLOOR.contains(&name) && FLOOR.contains(&other)) {
                problems.push(format!("{name} must not use {other}"));
            } else if name == "lightmill-testkit" {
                problems.push(format!("{name} looks from outside, and must not use {other}"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn licences_are_permissive() {
    let rules: toml::Table = std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let allowed: BTreeSet<&str> =
        rules["licenses"]["allow"].as_array().unwrap().iter().map(|licence| licence.as_str().unwrap()).collect();
    let metadata = metadata(&["--filter-platform", "x86_64-unknown-linux-gnu"]);
    let packages = metadata["packages"].as_array().unwrap();
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or("none stated");
            (!satisfied(licence, &allowed)).then(|| format!("{} {}: {licence}", package["name"], package["version"]))
        })
        .collect();
    assert!(packages.len() > 20, "the dependencies are missing from the metadata");
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}

/// Whether an SPDX expression (version 2.3, annex D) can be met with the allowed licences. `/`, which crates wrote
/// before they wrote `OR`, means the same; brackets are met by looking at the innermost pair first.
fn satisfied(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let mut expression = expression.replace('/', " OR ");
    while let Some(close) = expression.find(')') {
        let Some(open) = expression[..close].rfind('(') else { return false };
        let inner = if satisfied(&expression[open + 1..close], allowed) { "TRUE" } else { "FALSE" };
        expression.replace_range(open..=close, inner);
    }
    expression
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|licence| licence.trim() == "TRUE" || allowed.contains(licence.trim())))
}

#[test]
fn expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"]);
    for good in
        ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT OR GPL-2.0) AND Zlib", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(satisfied(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR AGPL-3.0) AND MIT", "none stated", "", "MIT)"] {
        assert!(!satisfied(bad, &allowed), "{bad}");
    }
}
