//! Any path and query is read or refused, rewritten or not; what is read is written, reads as the same again, and is lowered
//! without a panic. Whatever is signed verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::dit::{ImageRequest, MAX_LENGTH, Options, Rewrite, access, lower, parse};
use lightmill_dialects::signature::Keys;
use lightmill_recipe::Format;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let plain = Options {
        buckets: vec!["a".to_owned(), "b".to_owned()],
        negotiate: vec![Format::Avif, Format::WebP],
        ..Options::default()
    };
    let rewrite = Rewrite::new(r"/\/w-(\d+)\//g", "/$1x0/filters:grayscale()/").ok();
    let rewriting = Options { rewrite, compat: true, ..plain.clone() };
    for options in [plain, rewriting] {
        let _ = parse(path, query, query, &options);
        let Ok(reading) = ImageRequest::read(path, query, &options) else { continue };
        let written = reading.request.to_path();
        if written.len() <= MAX_LENGTH {
            let again = ImageRequest::read(&written, None, &options).map(|reading| reading.request);
            assert_eq!(again.as_ref(), Ok(&reading.request), "{written}");
        }
        let _ = lower(&reading.request, query, &options).map(|lowered| lowered.recipe.canonical());
    }
    let _ = access::verify(path, query, None);
    if let Some(keys) = Keys::new(["key"])
        && !query.is_some_and(|query| query.contains("signature") || query.contains("expires") || query.contains('%'))
    {
        let signature = access::sign(path, query, &keys);
        let signed = format!("{}&signature={signature}", query.unwrap_or_default());
        assert_eq!(access::verify(path, Some(&signed), Some(&keys)), Ok(None), "{path}?{signed}");
    }
});
