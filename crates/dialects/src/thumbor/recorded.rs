//! What the reference servers do with real paths, as far as it is decided by the text.
//!
//! The corpus lies beside the checkout, or where `LIGHTMILL_CONFORMANCE` says; without it nothing is replayed.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use lightmill_recipe::{Corner, Edge, Edges, Side};
use serde_json::{Map, Value, json};

use super::signature::{Algorithm, Scheme, signature, verify};
use super::{Answer, Filter, Flavour, Image, Options, Security, Url, filters, lower, parse};
use crate::signature::Keys;
use crate::{Error, ErrorKind};

/// The key of Thumbor's recorded signatures.
const GOLDEN_KEY: &str = "golden-key-1234";

fn lines(file: &str) -> Vec<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let folder = std::env::var_os("LIGHTMILL_CONFORMANCE").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

fn imagor(path: &str) -> Url {
    Url::parse(path, &Options::of(Flavour::Imagor)).unwrap()
}

fn nested(path: &str) -> Url {
    Url::parse_nested(path, &Options::of(Flavour::Imagor)).unwrap()
}

/// Rows that say nothing about the language, by their kind.
const OTHER_ROOMS: [(&str, &str); 2] = [
    ("normalize", "how imagor spells a path as a file name; keys are kept as they are here"),
    ("result_key", "how imagor names a stored result; results are named by a hash of the recipe here"),
];

#[test]
fn rows_of_imagor() {
    let (mut parsed, mut others, mut left_out) = (0, 0, 0);
    for row in lines("imagor-parse-cases.jsonl") {
        match text(&row, "kind") {
            "parse" => {
                parse_row(&row);
                parsed += 1;
                continue;
            }
            "generate_unsafe" => {
                let url = imagor(text(&row, "path"));
                assert_eq!(fields(&url, text(&row, "path")), with_defaults(&row["fields"], true));
                assert_eq!(url.to_path(Flavour::Imagor), format!("/{}", text(&row, "path")));
            }
            "sign" => {
                let (keys, scheme) = signer(&row["signer"]);
                assert_eq!(signature(text(&row, "path"), &keys, scheme), text(&row, "expect"));
            }
            "split_args" => {
                let expected: Vec<&str> =
                    row["expect"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
                assert_eq!(filters::split_arguments(text(&row, "args"), Flavour::Imagor), expected);
            }
            "resolve_full_dims" => {
                let mut url = nested(text(&row, "path"));
                let parent = |index: usize| row["parent"][index].as_u64().unwrap() as u32;
                if let Some(size) = &mut url.size {
                    (size.width, size.height) = (resolved(size.width, parent(0)), resolved(size.height, parent(1)));
                }
                assert_eq!(without_escapes(&url), text(&row, "expect"));
            }
            "resolve_full_dim" => {
                let size = nested(&format!("{}x/img", text(&row, "token"))).size.unwrap();
                let parent = row["parent"].as_u64().unwrap() as u32;
                let sign = if size.flip_horizontal { "-" } else { "" };
                let side = match resolved(size.width, parent) {
                    Side::Pixels(pixels) => format!("{sign}{pixels}"),
                    _ => String::new(),
                };
                assert_eq!(side, text(&row, "expect"), "{}", row["token"]);
            }
            "color_image" => {
                let rgba = match imagor(&format!("unsafe/{}", text(&row, "image"))).image {
                    Image::Colour(colour) => json!(colour.rgba()),
                    Image::Object { .. } => Value::Null,
                };
                assert_eq!(rgba, row["expect_rgba"], "{}", row["image"]);
            }
            kind => {
                assert!(OTHER_ROOMS.iter().any(|(other, _)| *other == kind), "{kind}");
                left_out += 1;
                continue;
            }
        }
        others += 1;
    }
    assert!([(40, 43, 18), (0, 0, 0)].contains(&(parsed, others, left_out)), "{parsed} {others} {left_out}");
}

/// A row of fields: what is read, what is written, and the signature.
fn parse_row(row: &Value) {
    let path = text(row, "path");
    let url = imagor(path);
    let mut expected = with_defaults(&row["fields"], false);
    // The path behind the signature is the row's own, not a field of ours.
    assert_eq!(expected.remove("path").unwrap(), signed_text(path), "{path}");
    assert_eq!(fields(&url, path), expected, "{path}");
    let written = url.to_path(Flavour::Imagor);
    assert_eq!(imagor(&written), url, "{path}");
    if row["signer"].is_object() {
        let (keys, scheme) = signer(&row["signer"]);
        assert_eq!(verify(path, &keys, scheme, Flavour::Imagor, false), Ok(()), "{path}");
        let tampered = path.replace("300", "301");
        assert!(verify(&tampered, &keys, scheme, Flavour::Imagor, false).is_err());
    }
}

fn signed_text(path: &str) -> &str {
    match path.split_once('/') {
        Some((first, rest)) if first == "unsafe" || super::url::is_signature(first) => rest,
        _ => path,
    }
}

fn signer(signer: &Value) -> (Keys, Scheme) {
    let algorithm = match text(signer, "alg") {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        _ => Algorithm::Sha512,
    };
    let letters = NonZeroUsize::new(signer["truncate"].as_u64().unwrap() as usize);
    (Keys::new([text(signer, "secret")]).unwrap(), Scheme { algorithm, letters })
}

fn resolved(side: Side, parent: u32) -> Side {
    match side {
        Side::ParentLess(less) => std::num::NonZeroU32::new(parent - less).map_or(Side::Free, Side::Pixels),
        side => side,
    }
}

/// The canonical path as the corpus spells it: without the leading slash, and with arguments as they are.
fn without_escapes(url: &Url) -> String {
    let path = url.to_path(Flavour::Imagor);
    let path = path.strip_prefix('/').unwrap();
    percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
}

/// The fields as imagor names them, without those that are zero.
fn fields(url: &Url, path: &str) -> Map<String, Value> {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| {
        let zero = matches!(&value, Value::Bool(false) | Value::Null) || value.as_f64() == Some(0.0) || value == "";
        if !zero {
            all.insert(name.to_owned(), value);
        }
    };
    set("unsafe", json!(url.security == Security::Unsafe));
    if let Security::Signature(signature) = &url.security {
        set("hash", json!(signature));
    }
    set("meta", json!(url.meta));
    if let Some(trim) = url.trim {
        set("trim", json!(true));
        set("trim_by", json!(if trim.reference == Corner::TopLeft { "top-left" } else { "bottom-right" }));
        set("trim_tolerance", json!(trim.tolerance));
    }
    let edges = match url.crop {
        Some(Edges::Pixels { left, top, right, bottom }) => [left, top, right, bottom].map(f64::from),
        Some(Edges::Parts { left, top, right, bottom }) => [left, top, right, bottom],
        _ => [0.0; 4],
    };
    for (name, edge) in ["crop_left", "crop_top", "crop_right", "crop_bottom"].into_iter().zip(edges) {
        set(name, json!(edge));
    }
    if let Some(fit) = url.fit_in {
        set("fit_in", json!(true));
        set("adaptive_fit_in", json!(fit.adaptive));
        set("full_fit_in", json!(fit.full));
    }
    set("stretch", json!(url.stretch));
    if let Some(size) = url.size {
        let side = |side| if let Side::Pixels(pixels) = side { pixels.get() } else { 0 };
        set("width", json!(side(size.width)));
        set("height", json!(side(size.height)));
        set("h_flip", json!(size.flip_horizontal));
        set("v_flip", json!(size.flip_vertical));
    }
    let padding = url.padding.unwrap_or_default();
    set("padding_left", json!(padding.left));
    set("padding_top", json!(padding.top));
    set("padding_right", json!(padding.right));
    set("padding_bottom", json!(padding.bottom));
    set("h_align", json!(url.column.map(|edge| if edge == Edge::Start { "left" } else { "right" })));
    set("v_align", json!(url.row.map(|edge| if edge == Edge::Start { "top" } else { "bottom" })));
    set("smart", json!(url.smart));
    if let Image::Object { key, base64 } = &url.image {
        set("image", json!(key));
        set("base64_image", json!(base64));
    }
    if let Some((_, block)) = path.split_once("filters:") {
        let (written, _) = filters::split(block, Flavour::Imagor).unwrap().unwrap();
        assert_eq!(written.len(), url.filters.len());
        let names = written.iter().zip(&url.filters).map(|(filters::Written { name, arguments }, filter)| {
            assert_eq!(filter.name(), name);
            match arguments.as_deref() {
                None | Some("") => json!({ "name": name }),
                Some(arguments) => json!({ "name": name, "args": arguments }),
            }
        });
        set("filters", names.collect());
    }
    all
}

/// The row's fields, with numbers as ours are; `unsafe` is not a field of what is generated.
fn with_defaults(row: &Value, generated: bool) -> Map<String, Value> {
    let mut expected = row.as_object().unwrap().clone();
    if generated {
        expected.insert("unsafe".to_owned(), json!(true));
        for (flip, side) in [("h_flip", "width"), ("v_flip", "height")] {
            let length = expected[side].as_i64().unwrap();
            if length < 0 {
                expected.insert(side.to_owned(), json!(-length));
                expected.insert(flip.to_owned(), json!(true));
            }
        }
    }
    for (name, value) in &mut expected {
        if name.starts_with("crop_") {
            *value = json!(value.as_f64().unwrap());
        }
    }
    expected
}

/// Targets that are no URLs of the language: routes of the server's own.
fn is_route(target: &str) -> bool {
    ["/image", "/blacklist", "/healthcheck"].iter().any(|route| target.starts_with(route))
}

/// Requests whose answer is not decided by their text: the mount's and the store's affair, and what is inside a file.
const DECIDED_ELSEWHERE: [&str; 7] = [
    "crop-float-is-image-path",
    "err-badheader",
    "http-upstream-500",
    "http-timeout",
    "blacklist-hit",
    "f-cover",
    "lastmod-304",
];

#[test]
fn requests_to_thumbor() {
    let (mut read, mut refused) = (0, 0);
    for case in lines("thumbor/manifest.jsonl") {
        let (name, target) = (text(&case, "name"), text(&case, "target"));
        let status = case["expect"]["status"].as_u64().unwrap();
        if is_route(target) {
            continue;
        }
        let profile = case["settings"]["profile"].as_str().unwrap_or("main");
        let answer = answered(target, profile);
        if DECIDED_ELSEWHERE.contains(&name) {
            assert_eq!(answer, Ok(()), "{name}");
            continue;
        }
        // A client's mistake is a 400, where the reference server fails.
        let status = if name == "err-conv-even" { 400 } else { status };
        let expected = match status {
            200 => Ok(()),
            400 => Err(ErrorKind::BadRequest),
            404 => Err(ErrorKind::NotFound),
            other => panic!("{name}: {other}"),
        };
        assert_eq!(answer, expected, "{name}");
        if status == 200 { read += 1 } else { refused += 1 }
    }
    assert!([(96, 5), (0, 0)].contains(&(read, refused)), "{read} {refused}");
}

/// What the text of a target comes to: signature, options, lowering.
fn answered(target: &str, profile: &str) -> Result<(), ErrorKind> {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let keys = Keys::new([GOLDEN_KEY]).unwrap();
    let kind = |error: Error| error.kind();
    verify(path, &keys, Scheme::default(), Flavour::Thumbor, profile != "signed").map_err(kind)?;
    let opt_in = if profile == "extras" { vec!["autojpg".to_owned(), "red_eye".to_owned()] } else { Vec::new() };
    let options = Options { opt_in, ..Options::default() };
    let url = Url::parse(path, &options).map_err(kind)?;
    let written = url.to_path(Flavour::Thumbor);
    assert_eq!(Url::parse(&written, &options).as_ref(), Ok(&url), "{target} became {written}");
    let lowered = lower(&url, None, &options).map_err(kind)?;
    assert_eq!(lowered.answer, if url.meta { Answer::Meta(super::MetaExtras::default()) } else { Answer::Picture });
    Ok(())
}

/// Which recorded requests have filters that the reference server passes over.
#[test]
fn ignored_filters_of_thumbor() {
    for case in lines("thumbor/manifest.jsonl") {
        let (name, target) = (text(&case, "name"), text(&case, "target"));
        if is_route(target) || case["settings"]["profile"] == "extras" {
            continue;
        }
        let Ok(url) = Url::parse(target, &Options::default()) else { continue };
        let ignored = url.filters.iter().filter(|filter| matches!(filter, Filter::Ignored { .. })).count();
        let expected = ["f-unknown", "f-toomany", "f-format-bad", "f-autojpg-not-builtin", "f-redeye"].contains(&name);
        assert_eq!(ignored, usize::from(expected), "{name}");
    }
}

/// How much of the corpus today's operations can already say.
#[test]
fn requests_that_today_can_say() {
    let cases = lines("thumbor/manifest.jsonl");
    let pictures: Vec<&str> = cases
        .iter()
        .filter(|case| case["expect"]["format"].is_string() && !is_route(text(case, "target")))
        .map(|case| text(case, "target"))
        .collect();
    let options = Options { opt_in: vec!["autojpg".to_owned()], ..Options::default() };
    let waiting: Vec<String> = pictures
        .iter()
        .filter_map(|target| match parse(target, None, None, &options) {
            Err(Error::NotBuilt(missing)) => Some(format!("{target} waits for {missing}")),
            other => other.map(|_| None).unwrap(),
        })
        .collect();
    let said = pictures.len() - waiting.len();
    assert!(cases.is_empty() || said >= 50, "{said} of {}: {waiting:#?}", pictures.len());
}
