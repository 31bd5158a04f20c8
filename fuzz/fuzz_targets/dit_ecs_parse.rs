//! Any path, query and header is read or refused; what is read is written, reads as the same again, and is resolved and
//! lowered without a panic. Any JSON is a configuration, or is refused.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::dit_ecs::{Config, ConfigEntries, Headers, ImageRequest, MAX_LENGTH, Options, parse};
use lightmill_dialects::sharp::Json;

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let entries = r#"{"origins":[{"id":"o","domain":"o.example","path":"/base"}],
        "mappings":[{"path":"/","origin":"o"},{"path":"/a/*","origin":"o","strip_prefix":true,"policy":"p"}],
        "policies":[{"id":"p","transformations":[{"transformation":"contentModeration","value":true}],
            "outputs":{"format":{"format":"auto"},"quality":{"default":80},"autosize":{"widths":[320,640]}}}]}"#;
    let entries: ConfigEntries = serde_json::from_str(entries).expect("the configuration is JSON");
    Config::new(entries).expect("the configuration is right")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.splitn(2, '\n');
    let (target, value) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let names = ["host", "accept", "sec-ch-dpr", "sec-ch-viewport-width", "dit-dpr", "x-origin"];
    for compat in [false, true] {
        let origin_header = compat.then(|| "x-origin".to_owned());
        let options = Options { compat, trusts_edge: compat, origin_header, ..Options::default() };
        for name in names {
            let _ = parse(path, query, &Headers(&[(name, value)]), &CONFIG, &options);
        }
        let Ok(reading) = ImageRequest::read(path, query, &options) else { continue };
        let written = reading.request.to_path();
        if written.len() <= MAX_LENGTH && !reading.request.path.contains(['?', '#']) {
            let again = ImageRequest::read(&written, None, &options).map(|reading| reading.request);
            assert_eq!(again.as_ref(), Ok(&reading.request), "{written}");
        }
    }
    let _ = serde_json::from_str::<ConfigEntries>(text).map(Config::new);
    if let Ok(items) = serde_json::from_str::<Vec<Json>>(text) {
        let _ = Config::of(ConfigEntries::from_items(&items).0);
    }
});
