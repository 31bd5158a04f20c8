use std::path::Path;

use lightmill_dialects::thumbor::signature::Algorithm;
use lightmill_dialects::{oss, thumbor};
use lightmill_mill::Originals;
use lightmill_recipe::Format;

use super::super::{Config, Language, Location, Overrides};
use super::*;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(text, Path::new("/"), variables, &Overrides::default())
        .map_err(|mistakes| mistakes.0.iter().map(ToString::to_string).collect())
}

/// The bucket of a source, its prefix, region and endpoint.
fn bucket<'a>(config: &'a Config, name: &str) -> (&'a str, &'a str, Option<&'a str>, Option<&'a str>) {
    let source = config.sources.iter().find(|source| source.name == name);
    let Some(Location::S3(settings, _)) = source.map(|source| &source.location) else {
        panic!("{name} in {:?}", config.sources)
    };
    (&settings.bucket, &settings.prefix, settings.region.as_deref(), settings.endpoint.as_deref())
}

#[test]
fn an_oss_task_is_served_as_it_was() {
    let config = read(
        "",
        &[
            ("NODE_ENV", "production"),
            ("REGION", "eu-central-1"),
            ("SRC_BUCKET", "photos.example"),
            ("STYLE_TABLE_NAME", "styles"),
            ("SECRET_NAME", "save-as"),
            ("AUTO_WEBP", "Yes"),
            ("CACHE_MAX_SIZE_MB", "64"),
            ("SHARP_QUEUE_LIMIT", "4"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000"),
        ],
    )
    .unwrap();
    let endpoint = Some("http://127.0.0.1:5000");
    assert_eq!(bucket(&config, "photos.example"), ("photos.example", "", Some("eu-central-1"), endpoint));
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    assert_eq!(mount.language, Language::Oss(oss::Flavour::Wchaws));
    assert_eq!((mount.originals, &mount.formats[..]), (Originals::Forbid, &[Format::WebP][..]));
    assert!(mount.allow_unsigned);
    assert_eq!((mount.limits.result_side, mount.save.to.as_slice()), (8192, &["photos.example".to_owned()][..]));
    assert_eq!(mount.save.tokens.len(), 1);
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.cache.memory_bytes, 64 * 1024 * 1024);
    assert_eq!(config.aws.region.as_deref(), Some("eu-central-1"));
    assert!(config.styles.is_some());
    for words in
        [": SRC_BUCKET, REGION, STYLE_TABLE_NAME", "unsigned requests are allowed", "SHARP_QUEUE_LIMIT has no effect"]
    {
        assert!(config.notes.iter().any(|note| note.contains(words)), "{words}: {:?}", config.notes);
    }
}

#[test]
fn several_buckets_are_those_of_the_younger_server() {
    let config = read("", &[("BUCKET", "a"), ("SRC_BUCKETS", "b, a,c")]).unwrap();
    assert_eq!(config.mounts[0].sources, ["a", "b", "c"]);
    assert_eq!(config.mounts[0].language, Language::Oss(oss::Flavour::Keithyt06));
    assert_eq!(config.mounts[0].formats, [Format::Avif, Format::WebP]);
    assert_eq!(bucket(&config, "c").2, Some("us-west-2"));
}

#[test]
fn a_serverless_image_handler_is_served_as_it_was() {
    let variables = [
        ("SOURCE_BUCKETS", "one, two"),
        ("AUTO_WEBP", "Yes"),
        ("ENABLE_SIGNATURE", "Yes"),
        ("SECRETS_MANAGER", "handler"),
        ("SECRET_KEY", "key"),
        ("CORS_ENABLED", "Yes"),
        ("CORS_ORIGIN", "https://shop.example"),
        ("ENABLE_DEFAULT_FALLBACK_IMAGE", "Yes"),
        ("DEFAULT_FALLBACK_IMAGE_BUCKET", "three"),
        ("DEFAULT_FALLBACK_IMAGE_KEY", "none.png"),
        ("REWRITE_MATCH_PATTERN", "/thumb/g"),
        ("REWRITE_SUBSTITUTION", "fit-in/100x100"),
        ("SHARP_SIZE_LIMIT", "1000000"),
    ];
    let config = read("", &variables).unwrap();
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    let Language::Dit(dit) = &mount.language else { panic!("{:?}", mount.language) };
    assert_eq!(dit.rewrite, Some(("/thumb/g".to_owned(), "fit-in/100x100".to_owned())));
    assert_eq!(mount.sources, ["one", "two"]);
    assert_eq!(config.sources.len(), 3);
    assert_eq!((mount.keys.len(), mount.allow_unsigned), (1, false));
    let place = &mount.delivery.fallback.as_ref().unwrap().place;
    assert_eq!((place.source.as_str(), place.key.as_str()), ("three", "none.png"));
    assert_eq!(mount.limits.source_pixels.0, 1_000_000);

    let open = read("", &[("SOURCE_BUCKETS", "one")]).unwrap();
    assert!(open.mounts[0].allow_unsigned && open.mounts[0].keys.is_empty());
    let mistakes = read("", &[("SOURCE_BUCKETS", "one"), ("ENABLE_SIGNATURE", "Yes"), ("AUTO_WEBP", "1")]).unwrap_err();
    for name in ["AUTO_WEBP", "SECRETS_MANAGER", "SECRET_KEY"] {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(name)), "{name}: {mistakes:?}");
    }
}

#[test]
fn the_ecs_engine_is_served_as_it_was() {
    let config = read(
        "",
        &[
            ("DDB_TABLE_NAME", "configuration"),
            ("AWS_REGION", "eu-central-1"),
            ("CUSTOM_ORIGIN_HEADER", "x-origin"),
            ("MAX_TRANSFORMATIONS", "5"),
            ("LIMIT_INPUT_PIXELS", "50000000"),
            ("PORT", "8080"),
            ("SHOW_CACHE_CONTENTS", "true"),
        ],
    )
    .unwrap();
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    let Language::DitEcs(_) = &mount.language else { panic!("{:?}", mount.language) };
    assert!(mount.allow_unsigned);
    assert_eq!(mount.limits.source_pixels.0, 50_000_000);
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    let mistakes =
        read("", &[("DDB_TABLE_NAME", "table"), ("MAX_TRANSFORMATIONS", "many"), ("HOST", "here")]).unwrap_err();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
}

#[test]
fn thumbor_is_served_as_it_was() {
    let config = read(
        "",
        &[
            ("SECURITY_KEY", "a key that signs"),
            ("TC_AWS_LOADER_BUCKET", "photos"),
            ("TC_AWS_LOADER_ROOT_PATH", "/2026/"),
            ("TC_AWS_REGION", "eu-west-1"),
            ("TC_AWS_RESULT_STORAGE_BUCKET", "made"),
            ("ALLOWED_SOURCES", "['cdn.example']"),
            ("AUTO_WEBP", "True"),
            ("AUTO_AVIF", "True"),
            ("QUALITY", "70"),
            ("MAX_AGE", "60"),
        ],
    )
    .unwrap();
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    let Language::Thumbor(thumbor) = &mount.language else { panic!("{:?}", mount.language) };
    assert_eq!((thumbor.flavour, thumbor.respect_orientation), (thumbor::Flavour::Thumbor, true));
    assert_eq!(mount.sources, ["photos", "https-cdn.example", "http-cdn.example"]);
    assert_eq!(bucket(&config, "photos"), ("photos", "2026/", Some("eu-west-1"), None));
    assert_eq!(config.results.as_deref(), Some("results"));
    assert_eq!(mount.formats, [Format::WebP, Format::Avif]);
    assert_eq!(mount.delivery.cache_control, "public, max-age=60");
    // Both are answered, as by Thumbor.
    assert!(mount.allow_unsigned && mount.keys.len() == 1);
    let closed = read("", &[("SECURITY_KEY", "k"), ("ALLOW_UNSAFE_URL", "False"), ("ALLOWED_SOURCES", "a.example")]);
    assert!(!closed.unwrap().mounts[0].allow_unsigned);

    let mistakes = read("", &[("SECURITY_KEY", "hunter2"), ("QUALITY", "best")]).unwrap_err();
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    assert!(mistakes.iter().all(|mistake| !mistake.contains("hunter2")), "{mistakes:?}");
    let pattern = read("", &[("SECURITY_KEY", "k"), ("ALLOWED_SOURCES", ".+\\.example")]).unwrap_err();
    assert!(pattern.iter().any(|mistake| mistake.contains("whole host names")), "{pattern:?}");
}

#[test]
fn imagor_is_served_as_it_was() {
    let config = read(
        "",
        &[
            ("IMAGOR_SECRET", "a key that signs"),
            ("IMAGOR_SIGNER_TYPE", "sha256"),
            ("IMAGOR_SIGNER_TRUNCATE", "40"),
            ("S3_LOADER_BUCKET", "photos"),
            ("AWS_REGION", "ap-east-1"),
            ("IMAGOR_AUTO_WEBP", "1"),
            ("IMAGOR_CACHE_HEADER_TTL", "24h"),
            ("PORT", "9000"),
            ("SERVER_ADDRESS", "127.0.0.1"),
            ("SERVER_PATH_PREFIX", "/img/"),
            ("VIPS_MAX_RESOLUTION", "1"),
        ],
    )
    .unwrap();
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    let Language::Thumbor(thumbor) = &mount.language else { panic!("{:?}", mount.language) };
    assert_eq!(thumbor.flavour, thumbor::Flavour::Imagor);
    assert_eq!((thumbor.scheme.algorithm, thumbor.scheme.letters.map(Into::into)), (Algorithm::Sha256, Some(40_usize)));
    assert_eq!((mount.path.as_str(), mount.allow_unsigned), ("/img", false));
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(mount.delivery.cache_control, "public, max-age=86400");
    assert!(
        config.notes.iter().any(|note| note.starts_with("VIPS_MAX_RESOLUTION has no effect")),
        "{:?}",
        config.notes
    );
    let mistakes = read("", &[("S3_LOADER_BUCKET", "photos")]).unwrap_err();
    assert!(mistakes.iter().any(|mistake| mistake.starts_with("IMAGOR_SECRET")), "{mistakes:?}");
}

#[test]
fn what_is_said_of_lightmill_goes_before() {
    let file = "[sources.photos]\nurl = 's3://other'\n";
    let config = read(file, &[("SRC_BUCKET", "photos")]).unwrap();
    assert_eq!((bucket(&config, "photos").0, config.notes.len()), ("other", 0));
    let config = read(
        "",
        &[
            ("SRC_BUCKET", "photos"),
            ("LIGHTMILL_SERVER__LISTEN", "127.0.0.1:80"),
            ("LIGHTMILL_MOUNTS__0__ORIGINALS", "stream"),
            ("LIGHTMILL_MOUNTS__0__LIMITS__RESULT_SIDE", "100"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:80");
    assert_eq!((config.mounts[0].originals, config.mounts[0].limits.result_side), (Originals::Stream, 100));
    let file = "[[mounts]]\n[sources.photos]\nurl = 's3://photos'\n";
    assert_eq!(read(file, &[("SOURCE_BUCKETS", "a"), ("SRC_BUCKET", "b")]).unwrap().notes, [""; 0]);
}

#[test]
fn a_function_for_uploads_needs_no_other_words() {
    let variables = [("PROCESSED_BUCKET", "processed.example"), ("AWS_REGION", "eu-west-1"), ("LOG_LEVEL", "WARNING")];
    let config = read("", &variables).unwrap();
    assert_eq!(bucket(&config, "processed"), ("processed.example", "", Some("eu-west-1"), None));
    let worker = config.worker.unwrap();
    assert_eq!((worker.source, worker.target.as_str(), worker.variants.len()), (None, "processed", 5));
    assert_eq!((config.log.level.as_str(), config.mounts.len()), ("warn", 0));
    assert!(config.notes[0].ends_with(": PROCESSED_BUCKET, AWS_REGION, LOG_LEVEL"), "{:?}", config.notes);

    // What a file says of variants, and another server's variables, stand beside it.
    let file = "[worker]\nremove = false\n[worker.variants.tiny]\nrecipe = \"image/resize,w_20\"";
    let config = read(file, &[&variables[..], &[("SRC_BUCKET", "photos")]].concat()).unwrap();
    let worker = config.worker.unwrap();
    assert_eq!((worker.target.as_str(), worker.removes, worker.variants.len()), ("processed", false, 1));
    assert_eq!((config.mounts.len(), config.sources.len()), (1, 2));

    let mistakes = read("", &[("PROCESSED_BUCKET", "b"), ("LOG_LEVEL", "LOUD")]).unwrap_err();
    assert!(mistakes[0].starts_with("LOG_LEVEL") && mistakes[0].contains("CRITICAL"), "{mistakes:?}");
    // A target that is named wins.
    let named = "[sources.a]\nurl = \"s3://a\"\n[worker]\nsource = \"a\"\ntarget = \"a\"";
    assert_eq!(read(named, &variables).unwrap().worker.unwrap().target, "a");
}

#[test]
fn two_servers_at_once_are_a_mistake() {
    let mistakes = read("", &[("SRC_BUCKET", "photos"), ("SOURCE_BUCKETS", "photos")]).unwrap_err();
    assert!(mistakes[0].starts_with("SRC_BUCKET") && mistakes[0].contains("SOURCE_BUCKETS"), "{mistakes:?}");
}

#[test]
fn the_documentation_lists_every_variable() {
    let page = include_str!("../../../../../docs/configuration.md");
    for server in SERVERS.into_iter().chain([&pipeline::SERVER]) {
        for (names, meaning) in server.variables {
            let names: Vec<String> = names.split(", ").map(|name| format!("`{name}`")).collect();
            let row = format!("| {} | {meaning} |", names.join(", "));
            assert!(page.contains(&row), "{}: no row {row}", server.name);
        }
        for (name, reason) in server.without_effect {
            assert!(
                page.contains(&format!("| `{name}` | none: {reason} |")),
                "{}: | `{name}` | none: {reason} |",
                server.name
            );
        }
    }
}
