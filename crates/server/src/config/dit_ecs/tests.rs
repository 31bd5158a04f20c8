use std::path::Path;
use std::sync::Arc;

use lightmill_dialects::dit_ecs::ConfigEntries;

use super::{DitEcs, Reading};
use crate::config::{Config, Location, Mistakes, Overrides};

/// The configuration of a mount at `/img` with a folder as its source `photos`.
fn read(own: &str) -> Result<Config, Mistakes> {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "[sources.photos]\nurl = '{}'\n[aws]\nregion = 'eu-west-1'\n[[mounts]]\npath = '/img'\ndialect = 'dit-ecs'\n{own}",
        folder.path().display()
    );
    Config::read(&text, Path::new(""), [], &Overrides::default())
}

fn said(config: &Config) -> &DitEcs {
    config.mounts[0].language.dit_ecs().unwrap()
}

fn origin(keys: &str) -> String {
    format!("[[mounts.dit_ecs.origins]]\nid = 'o'\n{keys}\n[[mounts.dit_ecs.mappings]]\npath = '/'\norigin = 'o'\n")
}

#[test]
fn an_origin_is_a_source_of_its_own() {
    let config = read(&origin("domain = 'Images.example.com'\nheaders = { x-key = 'hunter2' }")).unwrap();
    assert_eq!(said(&config).sources, ["/img#o"]);
    assert_eq!(config.mounts[0].sources, Vec::<String>::new(), "no other language reads it");
    let source = config.sources.iter().find(|source| source.name == "/img#o").unwrap();
    let Location::Http(settings, _) = &source.location else { panic!("{source:?}") };
    assert_eq!(settings.base.as_url().as_str(), "https://images.example.com/");
    assert_eq!(settings.headers["x-key"], "hunter2");
    assert!(!format!("{source:?}").contains("hunter2"), "{source:?}");
}

#[test]
fn hosts_of_buckets_are_buckets() {
    let bucket = |keys: &str| {
        let config = read(&origin(keys)).unwrap();
        let source = config.sources.iter().find(|source| source.name == "/img#o").unwrap();
        let Location::S3(settings, _) = &source.location else { panic!("{source:?}") };
        settings.as_ref().clone()
    };
    let plain = bucket("domain = 'photos.s3.amazonaws.com'");
    assert_eq!(
        (plain.bucket.as_str(), plain.region.as_deref(), plain.path_style),
        ("photos", Some("eu-west-1"), false)
    );
    let dotted = bucket("domain = 'my.photos.s3.us-east-1.amazonaws.com'");
    assert!(dotted.path_style && dotted.region.as_deref() == Some("us-east-1"), "{dotted:?}");
    let in_path = bucket("domain = 's3.us-east-1.amazonaws.com'\npath = '/photos/public'");
    assert_eq!(in_path.bucket, "photos");
    let paid = bucket("domain = 'photos.s3.amazonaws.com'\nheaders = { x-amz-request-payer = 'requester' }");
    assert!(paid.requester_pays);
    let endpoint = "[mounts.dit_ecs]\nendpoint = 'http://127.0.0.1:9000'\nregion = 'us-west-2'\n";
    let config = read(&format!("{endpoint}{}", origin("domain = 'photos.s3.amazonaws.com'"))).unwrap();
    let Location::S3(settings, _) = &config.sources[1].location else { panic!("{config:?}") };
    assert_eq!(
        (settings.endpoint.as_deref(), settings.region.as_deref()),
        (Some("http://127.0.0.1:9000"), Some("us-west-2"))
    );
}

#[test]
fn what_cannot_be_read_is_a_mistake_that_shows_no_secret() {
    for (keys, words) in [
        ("domain = '127.0.0.1'", "no public address"),
        ("domain = '2130706433'", "no public address"),
        ("domain = 'a b'", "the name of a host"),
        ("domain = 's3.eu-west-1.amazonaws.com'", "every bucket"),
        ("domain = 'b.s3.amazonaws.com'\nheaders = { x-a = 'hunter2' }", "takes no headers"),
        ("domain = 'o.example'\nheaders = { 'x y' = 'hunter2' }", "no header"),
        ("domain = 'o.example'\nheaders = { x-a = \"hunter2\\n\" }", "no header"),
        ("domain = 'o.example'\nheaders = { Range = 'hunter2' }", "cannot be set"),
        ("source = 'photos'\nheaders = { x-a = 'hunter2' }", "belong to the source"),
        ("source = 'elsewhere'", "not configured"),
        ("domain = 'o.example'\nheaders = 'hunter2'", "mounts.0.dit_ecs.origins.0"),
    ] {
        let mistakes = read(&origin(keys)).unwrap_err().to_string();
        assert!(mistakes.contains(words) && !mistakes.contains("hunter2"), "{keys}: {mistakes}");
    }
}

#[test]
fn a_table_fills_a_configuration_and_never_another_mounts_sources() {
    let config = read("[mounts.dit_ecs]\ntable = 'dit-config'\nsources = { 'Photos.internal' = 'photos' }").unwrap();
    assert_eq!(config.tables().count(), 1);
    assert!(said(&config).contents.is_none());
    let entries: ConfigEntries = toml::from_str(
        "[[origins]]\nid = 'photos'\ndomain = '10.0.0.1'\n[[origins]]\nid = 'b'\ndomain = 'b.example'\n\
         [[origins]]\nid = 'c'\ndomain = 'photos.internal'\n[[mappings]]\npath = '/'\norigin = 'none'",
    )
    .unwrap();
    let reading = Reading { entries: Arc::new(entries), read_in: std::time::Duration::from_millis(7) };
    let filled = config.filled(|table| (table.name == "dit-config").then(|| reading.clone()));
    assert_eq!(filled.mistakes.len(), 2, "{:?}", filled.mistakes);
    let said = said(&filled.config);
    assert_eq!(said.sources, ["/img#b", "photos"], "an id is never the name of a configured source");
    assert_eq!(said.contents.as_ref().unwrap().counts(), [3, 1, 0]);
    assert_eq!(filled.config.sources.len(), 2);
    assert_eq!(config.filled(|_| None).config.sources.len(), 1);
}
