//! Any path is read or refused, in both flavours; what is read is written, reads as the same again, and is lowered
//! without a panic. Whatever is signed verifies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::signature::Keys;
use lightmill_dialects::thumbor::signature::{Rule, Scheme, sign, verify};
use lightmill_dialects::thumbor::{Flavour, MAX_LENGTH, Options, Url, lower, parse};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let keys = Keys::new(["key"]);
    for flavour in Flavour::ALL {
        let opt_in = vec!["autojpg".to_owned(), "red_eye".to_owned()];
        let options = Options { opt_in, ..Options::of(flavour) };
        let _ = parse(path, query, query, &options);
        let rule = Rule { keys: keys.as_ref(), scheme: Scheme::default(), flavour, allow_unsafe: false };
        let _ = verify(path, &rule);
        if let Some(keys) = &keys
            && path.trim_start_matches('/').trim_start_matches("unsafe/").len() > 1
        {
            assert_eq!(verify(&sign(path, keys, Scheme::default()), &rule), Ok(()), "{path}");
        }
        for read in [Url::parse, Url::parse_nested] {
            let Ok(url) = read(path, &options) else { continue };
            let written = url.to_path(flavour);
            if written.len() <= MAX_LENGTH {
                assert_eq!(read(&written, &options).as_ref(), Ok(&url), "{written}");
            }
            let _ = lower(&url, None, &options).map(|lowered| lowered.recipe.canonical());
        }
    }
});
