//! Any path, query, `Accept` header and list of actions is read or refused; what is read is written, and reads as the
//! same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::Wish;
use lightmill_dialects::oss::{Flavour, Options, format, parse, parse_actions};
use lightmill_recipe::Locator;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.splitn(3, '\n');
    let (path, query, accept) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let locator = Locator::key("a.jpg");
    for flavour in [Flavour::Aliyun, Flavour::Wchaws, Flavour::Keithyt06] {
        let options = Options::of(flavour);
        let _ = parse(path, query, accept, &options);
        let Ok(request) = parse_actions(text, &locator, None, &options) else { continue };
        let Wish::Transform(recipe) = &request.wish else { continue };
        let written = format(recipe, &options).expect("what a flavour reads, it can write");
        assert_eq!(parse_actions(&written, &locator, None, &options).as_ref(), Ok(&request), "{written}");
    }
});
