//! What the reference servers do with real paths, as far as it is decided by the text.
//!
//! The corpus lies beside the checkout, or where `LIGHTMILL_CONFORMANCE` says; without it nothing is replayed.

use std::path::{Path, PathBuf};

use serde_json::Value;

mod fields;
mod imagor;
mod thumbor;

/// The rows of a file of the corpus.
fn lines(file: &str) -> Vec<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let folder = std::env::var_os("LIGHTMILL_CONFORMANCE").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}
