//! Whatever is read is written and read again; nothing panics; time grows with the length alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lightmill_recipe::Format;
use proptest::prelude::*;

use super::{Error, ImageRequest, MAX_LENGTH, Options, Reading, Rewrite, edits, filters, lower, parse};
use crate::bounded::assert_bounded;
use crate::sharp::Json;
use crate::sharp::testing::json;

fn options() -> Options {
    let buckets = vec!["a".to_owned(), "b".to_owned(), "my-bucket".to_owned()];
    Options { buckets, negotiate: vec![Format::Avif, Format::WebP], ..Options::default() }
}

/// An edit that mostly fits.
fn edit() -> BoxedStrategy<(String, Json)> {
    let strategies =
        edits().iter().map(|definition| json(definition.takes).prop_map(|json| (definition.name.to_owned(), json)));
    proptest::strategy::Union::new(strategies).boxed()
}

/// Reading, writing and reading gives the same, if it can be read at all.
fn assert_identity(path: &str, query: Option<&str>, options: &Options) -> Result<Option<Error>, TestCaseError> {
    let request = match ImageRequest::read(path, query, options) {
        Ok(Reading { request, .. }) => request,
        Err(error) => return Ok(Some(error)),
    };
    let written = request.to_path();
    if written.len() <= MAX_LENGTH {
        let again = ImageRequest::read(&written, None, options).map(|reading| reading.request);
        prop_assert_eq!(again.as_ref(), Ok(&request), "{} became {}", path, written);
        prop_assert_eq!(request.to_path(), written);
    }
    if let Ok(lowered) = lower(&request, Some("image/webp"), options) {
        prop_assert!(lowered.recipe.main().is_some());
    }
    Ok(None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reading_and_writing_are_inverse(
        edits in proptest::collection::vec(edit(), 0..5), key in "[^\\p{Cc}]{1,9}|[a-z/]{1,6}", query in "(width|fit|rotate|flip)=[0-9a-z]{0,3}",
        format in "jpg|webp|AUTO|heif", effort in -2..9_i32,
    ) {
        let request = Json::object([
            ("key", Json::Text(key)), ("edits", Json::Object(edits)), ("bucket", Json::text("b")),
            ("outputFormat", Json::Text(format)), ("effort", Json::Number(f64::from(effort))),
            ("headers", Json::object([("X-A", Json::text("b"))])),
        ]);
        assert_identity(&format!("/{}", STANDARD.encode(request.to_string())), Some(&query), &options())?;
    }

    #[test]
    fn paths_are_written_as_json(
        segments in proptest::collection::vec("[0-9]{1,3}x[0-9]{1,3}|1x2:3[0-9]x40|fit-in|unsafe|smart|left|s3:b|-5x6|[a-z]{1,4}", 0..4),
        chosen in proptest::collection::vec(0..filters().len(), 0..4), key in "[a-z%0-9:()/,é]{1,9}",
    ) {
        let filters: Vec<&str> = chosen.into_iter().map(|index| filters()[index].example).collect();
        assert_identity(&format!("/{}/filters:{}/{key}", segments.join("/"), filters.join(":")), None, &options())?;
    }

    #[test]
    fn any_text_is_read_or_refused(path in "\\PC*", other in "[a-z0-9/:()%x,'.f-]{0,60}", query in "\\PC*", text in "[\\[\\]{}\",:a-z0-9.-]{0,40}") {
        let rewriting = Options { rewrite: Rewrite::new("/[a-f]+/g", "$&$&filters:").ok(), compat: true, ..options() };
        for options in [options(), rewriting] {
            for path in [path.clone(), format!("/60x40/filters:{path})/a"), format!("/{other}"), format!("/{}", STANDARD.encode(&text))] {
                assert_identity(&path, Some(&query), &options)?;
                let _ = parse(&path, Some(&query), Some(&query), &options);
            }
        }
    }
}

/// Texts that would take a careless reader quadratic or exponential time.
#[test]
fn time_per_byte_is_bounded() {
    let texts = [
        "a",
        "/",
        "(",
        ")",
        ":",
        "filters:",
        "filters:a(/",
        "/filters:(",
        "1x1/",
        "s3:/",
        "%",
        "%28",
        "blur(1):",
        ")/",
        "A",
        "=",
    ];
    let values = ["[", "{\"a\":", "\"a\",", "1,", "{\"b\":1},", "\\u0041"];
    let rewrite = Rewrite::new("/(a|b)*c|\\//g", "$&$1").unwrap();
    let options = Options { rewrite: Some(rewrite), ..options() };
    let mut paths: Vec<String> = Vec::new();
    for text in texts {
        for prefix in ["/", "/filters:", "/60x40/filters:watermark("] {
            paths.push(format!("{prefix}{}.jpg", text.repeat((MAX_LENGTH - 40) / text.len())));
        }
    }
    let members: Vec<String> = (0..600).map(|index| format!("\"{index}\":1")).collect();
    let list: Vec<String> = (0..2500).map(|index| index.to_string()).map(|text| text[..1].to_owned()).collect();
    let filled =
        |value: &str| format!("{{\"key\":\"a\",\"x\":[{}", value.repeat(MAX_LENGTH * 3 / 4 / value.len() - 20));
    let mut bodies: Vec<String> = values.iter().map(|value| filled(value)).collect();
    bodies.push(format!("{{\"key\":\"a\",\"edits\":{{{}}}}}", members.join(",")));
    bodies.push(format!("{{\"key\":\"a\",\"headers\":{{{}}}}}", members.join(",")));
    bodies.push(format!("{{\"key\":\"a\",\"edits\":{{\"resize\":{{{}}}}}}}", members.join(",")));
    bodies.push(format!("{{\"key\":\"a\",\"edits\":{{\"convolve\":{{\"kernel\":[{}]}}}}}}", list.join(",")));
    paths.extend(bodies.iter().map(|body| format!("/{}", STANDARD.encode(body))));
    for path in paths {
        assert_bounded(&path[..60], path.len(), || {
            let _ = parse(&path, Some(&path), None, &options);
        });
    }
}

/// The strategy above makes mostly edits that fit; else the identity would say little.
#[test]
fn most_made_up_edits_fit() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = edit();
    let fits = (0..500).filter(|_| {
        let edit = strategy.new_tree(&mut runner).unwrap().current();
        let request = Json::object([("key", Json::text("a")), ("edits", Json::Object(vec![edit]))]);
        let path = format!("/{}", STANDARD.encode(request.to_string()));
        assert_identity(&path, None, &options()).unwrap().is_none()
    });
    let fits = fits.count();
    assert!(fits > 300, "{fits}");
}
