//! Whatever is read is written and read again; nothing panics; time grows with the length alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::{
    Config, ConfigEntries, Error, Headers, ImageRequest, MAX_LENGTH, Options, Reading, parse, transformations,
};
use crate::bounded::assert_bounded;
use crate::sharp::Json;
use crate::sharp::testing::json;

fn config() -> Config {
    let entries = r#"{"origins":[{"id":"o","domain":"o.example"}],"mappings":[{"path":"/","origin":"o"}]}"#;
    let entries: ConfigEntries = serde_json::from_str(entries).unwrap();
    Config::new(entries).unwrap()
}

fn edit() -> BoxedStrategy<(String, Json)> {
    let one = |takes, name: &'static str| json(takes).prop_map(move |json| (name.to_owned(), json));
    let strategies = transformations().iter().map(|definition| one(definition.takes, definition.name));
    proptest::strategy::Union::new(strategies).boxed()
}

/// Reading, writing and reading gives the same, if it can be read at all.
fn assert_identity(path: &str, query: Option<&str>, options: &Options) -> Result<Option<Error>, TestCaseError> {
    let Reading { request, .. } = match ImageRequest::read(path, query, options) {
        Ok(reading) => reading,
        Err(error) => return Ok(Some(error)),
    };
    let written = request.to_path();
    // What is no path of its own cannot be said in JSON.
    if written.len() <= MAX_LENGTH && !request.path.contains(['?', '#']) {
        let again = ImageRequest::read(&written, None, options).map(|reading| reading.request);
        prop_assert_eq!(again.as_ref(), Ok(&request), "{} became {}", path, written);
        prop_assert_eq!(request.to_path(), written);
    }
    let headers = [("accept", "image/webp"), ("sec-ch-dpr", "2"), ("host", "a.example")];
    let _ = parse(path, query, &Headers(&headers), &config(), options);
    Ok(None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reading_and_writing_are_inverse(edits in proptest::collection::vec(edit(), 0..5), path in "/[a-z%0-9/é]{1,9}", compat in any::<bool>()) {
        let request = Json::object([("path", Json::Text(path)), ("edits", Json::Object(edits)), ("policyId", Json::text("p"))]);
        let options = Options { compat, ..Options::default() };
        assert_identity(&format!("/{}", URL_SAFE_NO_PAD.encode(request.to_string())), None, &options)?;
    }

    #[test]
    fn queries_are_written_as_json(chosen in proptest::collection::vec(0..transformations().len(), 0..6), value in "[a-z0-9.,\\[\\]-]{0,9}", strict in any::<bool>()) {
        let examples: Vec<&str> = chosen.iter().map(|index| transformations()[*index].example).collect();
        let name = chosen.first().map_or("x", |index| transformations()[*index].name);
        let options = Options { strict, ..Options::default() };
        assert_identity("/a.jpg", Some(&examples.join("&")), &options)?;
        assert_identity("/a.jpg", Some(&format!("{}&{name}={value}", examples.join("&"))), &options)?;
    }

    #[test]
    fn any_text_is_read_or_refused(path in "\\PC*", query in "\\PC*", text in "[\\[\\]{}\",:a-z0-9.-]{0,40}", host in "\\PC{0,9}") {
        for path in [path.clone(), format!("/{path}"), format!("/{}", URL_SAFE_NO_PAD.encode(&text))] {
            assert_identity(&path, Some(&query), &Options::default())?;
            let headers = [("host", host.as_str()), ("accept", query.as_str()), ("sec-ch-dpr", host.as_str())];
            let _ = parse(&path, Some(&query), &Headers(&headers), &config(), &Options::default());
        }
    }
}

/// Texts that would take a careless reader quadratic or exponential time.
#[test]
fn time_per_byte_is_bounded() {
    let texts = [
        "a",
        "&",
        "a&",
        "[",
        "]",
        ",",
        "a[b]=1&",
        "a.b=1&",
        "x=[",
        "x=[,",
        "%",
        "%5B",
        "watermark=a,[",
        "=",
        "?",
        "quality=1&",
    ];
    let config = config();
    for text in texts {
        for prefix in ["", "x=", "resize.", "extract=["] {
            let query = format!("{prefix}{}", text.repeat(MAX_LENGTH / text.len()));
            assert_bounded(&format!("{prefix}{text}"), query.len(), || {
                let _ = parse("/a.jpg", Some(&query), &Headers::default(), &config, &Options::default());
            });
        }
    }
}

/// The strategy above makes mostly transformations that fit; else the identity would say little.
#[test]
fn most_made_up_transformations_fit() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = edit();
    let strict = Options { strict: true, ..Options::default() };
    let fits = (0..500).filter(|_| {
        let edit = strategy.new_tree(&mut runner).unwrap().current();
        let request = Json::object([("path", Json::text("/a")), ("edits", Json::Object(vec![edit]))]);
        let path = format!("/{}", URL_SAFE_NO_PAD.encode(request.to_string()));
        assert_identity(&path, None, &strict).unwrap().is_none()
    });
    let fits = fits.count();
    assert!(fits > 300, "{fits}");
}
