use std::num::NonZeroUsize;

use lightmill_recipe::Side;
use serde_json::{Value, json};

use super::fields::with_defaults;
use super::{lines, text};
use crate::signature::Keys;
use crate::thumbor::parameters::fields;
use crate::thumbor::signature::{Algorithm, Rule, Scheme, signature, verify};
use crate::thumbor::{Flavour, Image, Options, Url, filters, url};

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
        let rule = Rule { keys: Some(&keys), scheme, flavour: Flavour::Imagor, allow_unsafe: false };
        assert_eq!(verify(path, &rule), Ok(()), "{path}");
        assert!(verify(&path.replace("300", "301"), &rule).is_err());
    }
}

fn signed_text(path: &str) -> &str {
    match path.split_once('/') {
        Some((first, rest)) if first == "unsafe" || url::is_signature(first) => rest,
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
