use super::{lines, text};
use crate::signature::Keys;
use crate::thumbor::signature::{Rule, Scheme, verify};
use crate::thumbor::{Answer, Filter, Flavour, MetaExtras, Options, Url, lower, parse};
use crate::{Error, ErrorKind, Wish};

/// The key of the recorded signatures.
const GOLDEN_KEY: &str = "golden-key-1234";

/// Targets that are no URLs of the language: routes of the server's own.
fn is_route(target: &str) -> bool {
    ["/image", "/blacklist", "/healthcheck"].iter().any(|route| target.starts_with(route))
}

/// Requests that are read although the recorded answer is no picture, and who decides it.
const DECIDED_ELSEWHERE: [(&str, &str); 7] = [
    ("crop-float-is-image-path", "the store: no fraction is a window here, and no such key is stored"),
    ("err-badheader", "the decoder: the file is broken"),
    ("http-upstream-500", "the store: the origin fails"),
    ("http-timeout", "the store: the origin is slow"),
    ("blacklist-hit", "the mount: this picture is blocked"),
    ("f-cover", "a mistake of the reference server: `cover()` works here"),
    ("lastmod-304", "the delivery: a conditional request"),
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
        if DECIDED_ELSEWHERE.iter().any(|(other, _)| *other == name) {
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
    let allow_unsafe = profile != "signed";
    let rule = Rule { keys: Some(&keys), scheme: Scheme::default(), flavour: Flavour::Thumbor, allow_unsafe };
    verify(path, &rule).map_err(kind)?;
    let opt_in = if profile == "extras" { vec!["autojpg".to_owned(), "red_eye".to_owned()] } else { Vec::new() };
    let options = Options { opt_in, ..Options::default() };
    let url = Url::parse(path, &options).map_err(kind)?;
    let written = url.to_path(Flavour::Thumbor);
    assert_eq!(Url::parse(&written, &options).as_ref(), Ok(&url), "{target} became {written}");
    let lowered = lower(&url, None, &options).map_err(kind)?;
    assert_eq!(lowered.answer, if url.meta { Answer::Meta(MetaExtras::default()) } else { Answer::Picture });
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

/// Every recorded picture is a recipe.
#[test]
fn pictures_that_are_recipes() {
    let cases = lines("thumbor/manifest.jsonl");
    let pictures: Vec<&str> = cases
        .iter()
        .filter(|case| case["expect"]["format"].is_string() && !is_route(text(case, "target")))
        .map(|case| text(case, "target"))
        .collect();
    let options = Options { opt_in: vec!["autojpg".to_owned(), "red_eye".to_owned()], ..Options::default() };
    for target in pictures {
        let request = parse(target, None, None, &options).unwrap();
        assert!(matches!(request.wish, Wish::Transform(_)), "{target}");
    }
}
