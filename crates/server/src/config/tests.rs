use std::path::Path;
use std::time::Duration;

use lightmill_dialects::oss;
use lightmill_recipe::{Format, Light, Metadata, QualityRule};

use super::*;

/// Reads `text` with environment `variables`, for a folder that has `photos/` and `styles.json`.
fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let folder = folder();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(text, folder.path(), variables, &Overrides::default())
        .map_err(|mistakes| mistakes.0.iter().map(ToString::to_string).collect())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["samples", "photos", "logos", "fonts"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("styles.json"), "{}").unwrap();
    folder
}

#[test]
fn nothing_configured_serves_the_samples() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.admin.to_string(), "127.0.0.1:8081");
    assert_eq!(config.sources.len(), 1);
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    assert_eq!((mount.path.as_str(), &mount.language), ("/", &Language::Oss(oss::Flavour::Aliyun)));
    assert_eq!(mount.sources, [config.sources[0].name.as_str()]);
}

#[test]
fn every_mistake_is_found_at_once() {
    let mistakes = read(
        "[server]\nlisten = 'here'\ndrain_tiem = 3.0\n[limits]\nframes = -1\nsource_bytes = 1.5\npixels = 2\n\
         [sources.photos]\nurl = 'missing'\n\
         [[mounts]]\npath = 'img'\nsources = ['photo']\ndialect = 'dit-esc'\nkeys = ['hunter2', '']\n\
         [[mounts]]\nflavour = 'oss'\nformats = ['tga']\nlimits.inputs = 'two'\noutput.profile = 3\n\
         [output]\nquality = 101\nmetadata = 'some'\nchoose = 'best'\nmax_bytes = -1\n[formats]\nwebpp = false\ngif = 'never'\n",
        &[("LIGHTMILL_CACHE__MEMORY_BYTES", "much"), ("LIGHTMILL_SERVER__LISTNE", "x")],
    )
    .unwrap_err();
    for (key, words) in [
        ("server.listen = \"here\"", ""),
        ("server.drain_tiem", "did you mean `drain_time`?"),
        ("LIGHTMILL_SERVER__LISTNE", "did you mean `listen`?"),
        ("LIGHTMILL_CACHE__MEMORY_BYTES = \"much\"", ""),
        ("limits.frames = -1", ""),
        ("limits.source_bytes = 1.5", ""),
        ("limits.pixels", "no such key"),
        ("sources.photos.url = \"missing\"", "there is no folder"),
        ("mounts.0.path = \"img\"", ""),
        ("mounts.0.sources", "`photo` is not configured; there are: photos"),
        ("mounts.0.dialect = \"dit-esc\"", "is no dialect"),
        ("mounts.0.keys", "an empty key"),
        ("mounts.1.flavour = \"oss\"", "aliyun"),
        ("mounts.1.formats", "`tga` is no format"),
        ("mounts.1.limits.inputs = \"two\"", ""),
        ("mounts.1.output.profile = 3", ""),
        ("output.quality = \"101\"", "1 to 100"),
        ("output.metadata = \"some\"", "keep-with-location"),
        ("output.choose = \"best\"", "smallest"),
        ("output.max_bytes = -1", ""),
        ("formats.webpp", "did you mean `webp`?"),
        ("formats.gif = \"never\"", ""),
    ] {
        let found = mistakes.iter().find(|mistake| mistake.starts_with(key));
        assert!(found.is_some_and(|mistake| mistake.contains(words)), "{key}: {found:?} in {mistakes:#?}");
    }
    assert!(mistakes.iter().all(|mistake| !mistake.contains("hunter2")), "{mistakes:#?}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = read(
        "[server]\nlisten = '127.0.0.1:1'\n[sources.photos]\nurl = 'photos'\n[[mounts]]\npath = '/a'\n[[mounts]]\npath = '/b'",
        &[
            ("LIGHTMILL_SERVER__LISTEN", "127.0.0.1:2"),
            ("LIGHTMILL_SERVER__TIMING", "true"),
            ("LIGHTMILL_SERVER__DRAIN_TIME", "2.5"),
            ("LIGHTMILL_MOUNTS__1__PATH", "/c"),
            ("LIGHTMILL_MOUNTS__1__KEYS", "one, two"),
            ("LIGHTMILL_MOUNTS__1__FORMATS", "[\"webp\"]"),
            ("LIGHTMILL_MOUNTS__1__SOURCES", "logos"),
            ("LIGHTMILL_MOUNTS__1__LIMITS__FRAMES", "7"),
            ("LIGHTMILL_SOURCES__LOGOS__URL", "logos"),
            ("LIGHTMILL_LOG__FORMAT", "json"),
        ],
    );
    // The first mount does not say which of the two sources it reads.
    assert_eq!(config.unwrap_err(), ["mounts.0.sources: is missing, and several sources are configured"]);

    let config = read(
        "[sources.photos]\nurl = 'photos'\n[[mounts]]\npath = '/a'",
        &[
            ("LIGHTMILL_SERVER__LISTEN", "127.0.0.1:2"),
            ("LIGHTMILL_SERVER__TIMING", "true"),
            ("LIGHTMILL_SERVER__DRAIN_TIME", "2.5"),
            ("LIGHTMILL_MOUNTS__0__PATH", "/c"),
            ("LIGHTMILL_MOUNTS__0__KEYS", "one, two"),
            ("LIGHTMILL_MOUNTS__0__LIMITS__FRAMES", "7"),
            ("LIGHTMILL_MOUNTS__0__LIMITS__TIME", "1.5"),
            ("LIGHTMILL_LOG__FORMAT", "json"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen.port(), 2);
    assert!(config.server.timing);
    assert_eq!(config.server.drain_time, Duration::from_millis(2500));
    assert_eq!(config.log.format, LogFormat::Json);
    let [mount] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    assert_eq!((mount.path.as_str(), mount.limits.frames), ("/c", 7));
    assert_eq!(mount.limits.time, Duration::from_millis(1500));
    assert_eq!(format!("{:?}", mount.keys), "[Literal(…), Literal(…)]");
}

#[test]
fn a_mount_inherits_the_limits_it_does_not_set() {
    let config = read("[limits]\nframes = 3\noperations = 4\n[[mounts]]\nlimits.frames = 5", &[]).unwrap();
    assert_eq!((config.mounts[0].limits.frames, config.mounts[0].limits.operations), (5, 4));
}

#[test]
fn a_mount_inherits_the_output_it_does_not_set() {
    let config = read(
        "[output]\nquality = 'auto:60'\nmetadata = 'keep'\nmax_bytes = 1000\nresize = 'best'\n\
         [[mounts]]\noutput = { quality = 70, max_bytes = 0 }\n[[mounts]]\npath = '/b'",
        &[("LIGHTMILL_MOUNTS__1__OUTPUT__QUALITY", "80"), ("LIGHTMILL_MOUNTS__1__OUTPUT__MAY_GROW", "true")],
    )
    .unwrap();
    let [first, second] = &config.mounts[..] else { panic!("{:?}", config.mounts) };
    assert_eq!(config.output.quality, QualityRule::Perceptual(60));
    assert_eq!((first.output.quality, first.output.max_bytes), (QualityRule::Absolute(70), None));
    assert_eq!((first.output.metadata, first.output.may_grow), (Metadata::Keep, false));
    assert_eq!((second.output.quality, second.output.max_bytes), (QualityRule::Absolute(80), Some(1000)));
    assert!(second.output.may_grow && second.output.light == Light::Linear);
}

#[test]
fn formats_are_switched_one_by_one() {
    let variables = [("LIGHTMILL_FORMATS__TIFF", "false"), ("LIGHTMILL_FORMATS__BMP", "write")];
    let formats = read("[formats]\ngif = 'read'\nsvg = false\npng = true", &variables).unwrap().formats;
    let both = |format| (formats.reads(format), formats.writes(format));
    assert_eq!((both(Format::Gif), both(Format::Svg)), ((true, false), (false, false)));
    assert_eq!((both(Format::Tiff), both(Format::Bmp)), ((false, false), (false, true)));
    assert_eq!((both(Format::Png), both(Format::Jpeg)), ((true, true), (true, true)));
    let mistakes = read("[formats]\nwebp = false\n[[mounts]]\nformats = ['webp']", &[]).unwrap_err();
    assert!(mistakes.len() == 1 && mistakes[0].starts_with("mounts.0.formats: names webp"), "{mistakes:?}");
    let nothing = Format::ALL.map(|format| format!("{format} = 'read'")).join("\n");
    assert_eq!(read(&format!("[formats]\n{nothing}"), &[]).unwrap_err(), ["formats: leaves no format to be written"]);
}

#[test]
fn an_open_address_needs_keys_or_consent() {
    let open = "[server]\nlisten = '0.0.0.0:80'\n[[mounts]]\n";
    let mistakes = read(open, &[]).unwrap_err();
    assert!(mistakes[0].starts_with("mounts.0.keys: is missing"), "{mistakes:?}");
    assert!(read(&format!("{open}unsafe = true"), &[]).is_ok());
    assert!(read(&format!("{open}keys = ['k']"), &[]).is_ok());
    assert!(read("[server]\nlisten = '[::1]:80'", &[]).is_ok());
}

#[test]
fn mistakes_in_references_are_found_at_once_and_show_no_secret() {
    let mistakes = read(
        "[sources.b]\nurl = 's3://b'\naccess_key_id = 'a'\nsecret_access_key = 'ssm:x'\n[[mounts]]\n\
         keys = ['hunter2', 'file:missing', 'env:NOBODY_SETS_THIS', 'secretsmanager:', 'secretsmanager:id#', 'ssm:', '', \
         'secretmanager:hunter2', 'FILE:hunter2', 'literal:env:hunter2', 'a:hunter2', 'secretsmanager:id#field', 'ssm:/a']",
        &[],
    )
    .unwrap_err();
    let said = mistakes.join("\n");
    for words in
        ["there is no file", "NOBODY_SETS_THIS", "after `secretsmanager:`", "no field", "after `ssm:`", "an empty key"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("did you mean `secretsmanager:`?") && said.contains("did you mean `file:`?"), "{said}");
    assert!(said.contains("sources.b.secret_access_key") && !said.contains("hunter2"), "{said}");
    // The pair of the bucket misses its other half, too.
    assert_eq!(mistakes.len(), 10, "{said}");
}

#[test]
fn secrets_are_in_files_and_in_the_environment() {
    let folder = folder();
    std::fs::write(folder.path().join("photos/key"), "\n hush \n").unwrap();
    let text = "[sources.b]\nurl = 's3://b'\naccess_key_id = 'a'\nsecret_access_key = 'file:photos/key'\n\
                [[mounts]]\nkeys = ['file:photos/key', 'env:PATH']\n[secrets]\nrefresh_time = 60";
    let config = Config::read(text, folder.path(), [], &Overrides::default()).unwrap();
    let Location::S3(bucket, _) = &config.sources[0].location else { panic!("{config:?}") };
    let lightmill_store::s3::Credentials::Key { secret, .. } = &bucket.credentials else { panic!("{bucket:?}") };
    assert_eq!((secret.reveal(), config.secrets.refresh_time), ("hush", Duration::from_mins(1)));
    assert_eq!(config.mounts[0].keys.len(), 2);
    assert!(!format!("{config:?}").contains("hush"));
}

#[test]
fn styles_are_in_a_file_or_in_a_table() {
    let config =
        read("[aws]\nregion = 'eu-west-1'\n[styles]\ntable = 'style-table-name'\ncache_time = 5", &[]).unwrap();
    let Some(Styles::Table { name, limits }) = &config.styles else { panic!("{:?}", config.styles) };
    assert_eq!((name.as_str(), limits.time), ("style-table-name", Duration::from_secs(5)));
    assert_eq!(config.aws.region.as_deref(), Some("eu-west-1"));
    let mistakes = read(
        "[styles]\nfile = 'styles.json'\ntable = 'a table'\ncache_time = 0\n[aws]\nendpoint = 'ftp://x'\n\
         access_key_id = 'AKID'\nexternal_id = 'x'",
        &[],
    )
    .unwrap_err();
    for key in
        ["styles.table", "styles.table = ", "styles.cache_time", "aws.endpoint", "aws.secret_access_key", "aws.role"]
    {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(key)), "{key}: {mistakes:#?}");
    }
    assert_eq!(mistakes.len(), 6, "{mistakes:#?}");
    assert!(read("[styles]\nfile = 'styles.json'\ncache_time = 5", &[]).is_err(), "a file is not cached");
}

#[test]
fn analysers_are_words_and_nobody_sends_pictures_away_by_default() {
    let default = read("", &[]).unwrap().analysers;
    assert_eq!((default.faces, default.attention, default.moderation), (Some(FaceFinder::Local), true, false));
    assert_eq!(
        (default.on_failure, default.moderation_on_failure),
        (lightmill_mill::OnFailure::Degrade, lightmill_mill::OnFailure::Fail)
    );
    let said = "[analysers]\nfaces = 'off'\nsaliency = 'off'\nmin_confidence = 62.5\nmoderation_on_failure = 'open'";
    let said = read(said, &[("LIGHTMILL_ANALYSERS__MODERATION", "rekognition")]).unwrap().analysers;
    assert_eq!((said.faces, said.attention, said.moderation), (None, false, true));
    assert!((said.min_confidence.as_percent() - 62.5).abs() < 1e-9);
    assert_eq!(said.moderation_on_failure, lightmill_mill::OnFailure::Degrade);
    let mistakes = read(
        "[analysers]\nfaces = 'opencv'\nmin_confidence = 101\non_failure = 'open'\ntimeout = 0\nmoderation = 'local'",
        &[],
    )
    .unwrap_err();
    for key in ["faces = \"opencv\"", "min_confidence", "on_failure = \"open\"", "timeout", "moderation = \"local\""] {
        assert!(mistakes.iter().any(|mistake| mistake.starts_with(&format!("analysers.{key}"))), "{key}: {mistakes:?}");
    }
    assert_eq!(mistakes.len(), 5, "{mistakes:?}");
}

#[test]
fn uploads_and_blacklists_say_who_may() {
    let mount = |keys: &str| {
        let sources = "[sources.photos]\nurl = 'photos'\n[sources.origin]\nurl = 'https://photos.example'\n";
        read(&format!("{sources}[[mounts]]\ndialect = 'thumbor'\nsources = ['photos']\n{keys}"), &[])
    };
    let config = mount(
        "uploads = { to = 'photos', prefix = 'in/', unsafe = true, put = true, max_bytes = 9 }\nblacklist = { source = 'origin' }",
    );
    let config = config.unwrap();
    let (uploads, list) = (config.mounts[0].uploads.as_ref().unwrap(), config.mounts[0].blacklist.as_ref().unwrap());
    assert_eq!((uploads.to.prefix.as_str(), uploads.put, uploads.delete, uploads.max_bytes), ("in/", true, false, 9));
    assert_eq!((&uploads.access, &list.access, list.place.key.as_str()), (&Access::Everyone, &None, "blacklist"));
    assert_eq!(config.mounts[0].written().collect::<Vec<_>>(), ["photos"], "a list is only read");
    for (keys, mistake) in [
        ("uploads = { unsafe = true }", "uploads.to: is missing"),
        ("uploads = { to = 'photos' }", "uploads.tokens: is missing"),
        ("uploads = { to = 'nowhere', unsafe = true }", "uploads.to = \"nowhere\": `nowhere` is no configured source"),
        ("uploads = { to = 'origin', unsafe = true }", "uploads.to = \"origin\": nothing can be written"),
        ("uploads = { to = 'photos', unsafe = true, tokens = ['hunter2-hunter2'] }", "uploads.unsafe = true"),
        ("uploads = { to = 'photos', tokens = ['hunter2'] }", "uploads.tokens: has a token of fewer than 8 bytes"),
        ("uploads = { to = 'photos', unsafe = true, prefix = '/in' }", "uploads.prefix = \"/in\""),
        ("uploads = { to = 'photos', unsafe = true, prefix = '../' }", "uploads.prefix = \"../\""),
        (
            "uploads = { to = 'photos', unsafe = true, max_bytes = 67108865 }",
            "uploads.max_bytes = 67108865: is 1 to 67108864",
        ),
        ("uploads = { to = 'photos', unsafe = true, min_width = 0 }", "uploads.min_width = 0"),
        ("uploads = { to = 'photos', unsafe = true, file_name = 'a/b' }", "uploads.file_name"),
        ("uploads = { to = 'photos', unsafe = true }\nbucket_from = 'path'", "uploads: does not go together"),
        ("uploads = { to = 'photos', unsafe = true }\nflavour = 'imagor'", "uploads: belongs to"),
        ("blacklist = { key = 'x' }", "blacklist.source: is missing"),
        ("blacklist = { source = 'origin', unsafe = true }", "blacklist.source = \"origin\": nothing can be written"),
        ("blacklist = { source = 'photos' }\nflavour = 'imagor'", "blacklist: belongs to"),
    ] {
        let mistakes = mount(keys).unwrap_err();
        assert!(mistakes.iter().any(|found| found.starts_with(&format!("mounts.0.{mistake}"))), "{keys}: {mistakes:?}");
        assert!(mistakes.iter().all(|found| !found.contains("hunter2")), "{mistakes:?}");
    }
}

#[test]
fn contradictions_between_keys_are_mistakes() {
    for (text, key) in [
        ("[[mounts]]\npath = '/a'\n[[mounts]]\npath = '/a'", "mounts.1.path"),
        ("[server]\nlisten = '127.0.0.1:9'\nadmin = '127.0.0.1:9'", "server.admin"),
        ("[server]\nidle_time = 5", "server.idle_time"),
    ] {
        let mistakes = read(text, &[]).unwrap_err();
        assert!(mistakes.len() == 1 && mistakes[0].starts_with(key), "{key}: {mistakes:?}");
    }
    assert!(read("[[mounts]]\npath = '/a'\n[[mounts]]\npath = '/a'\nhost = 'b.example'", &[]).is_ok());
}

#[test]
fn stores_have_credentials_of_one_kind_which_are_not_shown() {
    let azure =
        |url: &str, keys: &str| read(&format!("[sources.photos]\nurl = 'az://photos?account=a{url}'\n{keys}"), &[]);
    let google = |url: &str, keys: &str| read(&format!("[sources.photos]\nurl = 'gs://photos{url}'\n{keys}"), &[]);
    for good in [
        azure("", ""),
        azure("", "account_key = 'aHVzaA=='"),
        azure("", "sas = 'sig=hush'"),
        azure("&client_id=b", ""),
        google("?anonymous=true", ""),
        google("", "credentials_file = 'key.json'"),
    ] {
        let config = good.unwrap();
        assert!(!format!("{config:?}").contains("hush") && !format!("{config:?}").contains("aHVzaA"), "{config:?}");
    }
    for (bad, key) in [
        (azure("", "account_key = 'hush'\nsas = 'hush'"), "sources.photos.sas"),
        (azure("&anonymous=true", "sas = 'hush'"), "sources.photos.sas"),
        (azure("&client_id=b", "account_key = 'hush'"), "sources.photos.account_key"),
        (azure("", "account_key = 7"), "sources.photos.account_key"),
        (azure("", "access_key_id = 'x'"), "sources.photos.access_key_id"),
        (google("?anonymous=true", "credentials_file = 'key.json'"), "sources.photos.credentials_file"),
        (google("", "sas = 'x'"), "sources.photos.sas"),
    ] {
        let mistakes = bad.unwrap_err();
        assert!(mistakes.len() == 1 && mistakes[0].starts_with(key), "{key}: {mistakes:?}");
        assert!(!mistakes[0].contains("hush"), "{mistakes:?}");
    }
}

#[test]
fn the_command_line_wins_over_both() {
    let folder = folder();
    let overrides = Overrides {
        listen: "127.0.0.1:0".parse().ok(),
        root: Some(folder.path().join("photos")),
        ..Overrides::default()
    };
    let config = Config::read("[server]\nlisten = '127.0.0.1:1'", Path::new("/nowhere"), [], &overrides).unwrap();
    assert_eq!(config.server.listen.port(), 0);
    let Location::Folder(photos) = &config.sources[0].location else { panic!("{config:?}") };
    assert_eq!(photos, &folder.path().join("photos"));
    let sources = format!("[sources.photos]\nurl = '{}'", folder.path().display());
    assert!(Config::read(&sources, Path::new(""), [], &overrides).is_err());
}

#[test]
fn presets_say_what_is_wrong_with_their_words() {
    for (recipe, word) in [
        ("{", "JSON object"),
        ("[]", "JSON object"),
        (r#"{"key": "a.jpg", "edits": {}}"#, "names a picture"),
        (r#"{"edits": {"resize": {"width": -1}}}"#, "width"),
        (r#"{"edits": {"rotate": 90, "sharpness": 1}}"#, "sharpness"),
        (r#"{"edits": {}}"#, "does nothing"),
    ] {
        let text = format!("[presets.a]\ndialect = 'dit'\nrecipe = '{recipe}'");
        let mistakes = read(&text, &[]).unwrap_err();
        let told = mistakes.iter().any(|mistake| mistake.starts_with("presets.a.recipe") && mistake.contains(word));
        assert!(told, "{recipe}: {mistakes:?}");
    }
}

#[test]
fn text_that_is_not_toml_is_one_mistake() {
    assert_eq!(read("[server", &[]).unwrap_err().len(), 1);
}

mod documentation {
    use super::*;

    const TEXT: &str = include_str!("../../../../docs/configuration.md");
    const DIT_ECS: &str = include_str!("../../../../docs/dialects/dit-ecs.md");
    const README: &str = include_str!("../../../../README.md");

    #[test]
    fn examples_are_read() {
        // A folder that exists here takes the place of the reader's own.
        let readme = README.replace("/srv/photos", "photos");
        for page in [TEXT, &readme, DIT_ECS] {
            let blocks: Vec<&str> =
                page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
            assert!(blocks.len() >= 2, "the page has examples");
            for block in blocks {
                if let Err(mistakes) = read(block, &[]) {
                    panic!("{block}\n{mistakes:#?}");
                }
            }
        }
    }

    #[test]
    fn every_key_has_a_row_with_its_variable() {
        let known = section::tests::known_keys(|| {
            let _ = read(
                "[sources.photos]\nurl = 'photos'\n[sources.origin]\nurl = 'https://photos.example'\n[sources.bucket]\nurl = 's3://photos'\n\
                 [sources.google]\nurl = 'gs://photos'\n[sources.azure]\nurl = 'az://photos?account=example'\n\
                 [[mounts]]\nfallback = { source = 'photos', key = 'none.jpg' }\nsave = { to = ['photos'], tokens = ['a-long-secret-token'] }",
                &[],
            );
            let _ = read(
                "[sources.photos]\nurl = 'photos'\n[[mounts]]\ndialect = 'thumbor'\nblacklist = { source = 'photos' }\n\
                 uploads = { to = 'photos', tokens = ['a-long-secret-token'] }",
                &[],
            );
            let _ = read("[sources.photos]\nurl = 'photos'\n[[mounts]]\ndialect = 'dit'", &[]);
            let _ = read("[sources.photos]\nurl = 'photos'\n[[mounts]]\ndialect = 'auto'", &[]);
            let _ = read(
                "[sources.photos]\nurl = 'photos'\n[presets.avatar]\nrecipe = 'image/resize,w_2'\n[[mounts]]\ndialect = 'preset'",
                &[],
            );
            let _ = read(
                "[sources.photos]\nurl = 'photos'\n[[mounts]]\ndialect = 'dit-ecs'\n[mounts.dit_ecs]\ntable = 'table'",
                &[],
            );
            let _ = read(
                "[jobs]\ndatabase = 'jobs'\ntokens = ['a-long-secret-token']\nwebhook = { secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }\n[sources.photos]\nurl = 'photos'",
                &[],
            );
            let _ = read("[styles]\ntable = 'styles'\n[sources.photos]\nurl = 'photos'", &[]);
            let _ = read(
                "[sources.photos]\nurl = 'photos'\n[worker]\nsource = 'photos'\ntarget = 'photos'\nhttp = { tokens = ['a-long-secret-token'] }\n\
                 [worker.variants.small]\nrecipe = 'image/resize,w_2'\ndialect = 'thumbor'\n\
                 [worker.variants.other]\nrecipe = 'image/resize,w_2'\n\
                 [worker.webhooks.shop]\nurl = 'https://shop.test/'\nsecrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']",
                &[],
            );
        });
        for key in known {
            let key = key.replace("mounts.0", "mounts.N").replace("sources.photos", "sources.NAME");
            let key = key.replace("sources.origin", "sources.NAME").replace("sources.bucket", "sources.NAME");
            let key = key.replace("sources.google", "sources.NAME").replace("sources.azure", "sources.NAME");
            let key = key.replace("presets.avatar", "presets.NAME");
            let key = key
                .replace("variants.small", "variants.NAME")
                .replace("variants.other", "variants.NAME")
                .replace("webhooks.shop", "webhooks.NAME");
            let tables = "server admin log permits cache results limits formats output styles aws analysers jobs jobs.webhook secrets text sources mounts mounts.N.fallback mounts.N.save mounts.N.uploads mounts.N.blacklist mounts.N.allow mounts.N.dit_ecs video presets worker worker.http worker.variants worker.variants.NAME worker.webhooks worker.webhooks.NAME";
            if tables.split(' ').any(|table| table == key)
                || key == "sources.NAME"
                || key == "presets.NAME"
                || key.starts_with("mounts.N.limits")
                || key.starts_with("mounts.N.output")
            {
                continue;
            }
            // Lists of tables are written in the file.
            let is_list =
                ["origins", "mappings", "policies"].iter().any(|list| key == format!("mounts.N.dit_ecs.{list}"));
            let variable = format!("LIGHTMILL_{}", key.to_uppercase().replace('.', "__"));
            let variable = if is_list { "only in the file".to_owned() } else { format!("`{variable}`") };
            let row = TEXT.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
            assert!(row.is_some_and(|row| row.contains(&variable)), "{key} {variable}: {row:?}");
        }
    }
}
