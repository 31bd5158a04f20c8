use lightmill_dialects::dit::{Settings, SettingsError};
use toml::{Table, Value};

use super::Server;
use super::draft::Draft;
use super::sources::bucket;

/// AWS's Serverless Image Handler, the Lambda engine of Dynamic Image Transformation.
pub const SERVER: Server = Server {
    name: "Serverless Image Handler (Dynamic Image Transformation, Lambda engine)",
    marks: &["SOURCE_BUCKETS"],
    variables: &[
        ("SOURCE_BUCKETS", "the sources, buckets of S3 between commas"),
        ("AUTO_WEBP", "`formats = [\"webp\"]`"),
        ("ENABLE_SIGNATURE, SECRETS_MANAGER, SECRET_KEY", "`keys = [\"secretsmanager:SECRETS_MANAGER#SECRET_KEY\"]`"),
        ("CORS_ENABLED, CORS_ORIGIN", "`cors`"),
        (
            "ENABLE_DEFAULT_FALLBACK_IMAGE, DEFAULT_FALLBACK_IMAGE_BUCKET, DEFAULT_FALLBACK_IMAGE_KEY",
            "`fallback`, whose bucket no request can choose",
        ),
        ("REWRITE_MATCH_PATTERN, REWRITE_SUBSTITUTION", "`rewrite_pattern` and `rewrite_substitution`"),
        ("SHARP_SIZE_LIMIT", "`limits.source_pixels`"),
        ("AWS_REGION", "the region of the buckets and of `[aws]`"),
    ],
    without_effect: &[("ENABLE_S3_OBJECT_LAMBDA", "there is no S3 Object Lambda to answer to")],
    fill,
};

fn fill(draft: &mut Draft<'_>) {
    let settings = match Settings::read(|name| draft.get(name).map(str::to_owned)) {
        Ok(settings) => settings,
        Err(errors) => {
            for error in errors {
                let name = match &error {
                    SettingsError::Missing(name) | SettingsError::Value(name, _) => *name,
                    SettingsError::Rewrite(_) => "REWRITE_MATCH_PATTERN",
                };
                draft.mistake(name, error.to_string());
            }
            return;
        }
    };
    let region = draft.get("AWS_REGION");
    draft.mount.insert("dialect".to_owned(), "dit".into());
    for name in &settings.options.buckets {
        let url = bucket(draft, name, "", region, None);
        draft.source(name, url, "SOURCE_BUCKETS");
    }
    if !settings.options.negotiate.is_empty() {
        draft.mount("formats", vec![Value::from("webp")], "AUTO_WEBP");
    }
    if let Some(secret) = &settings.secret {
        let key = format!("secretsmanager:{}#{}", secret.name, secret.member);
        draft.mount("keys", vec![Value::from(key)], "SECRETS_MANAGER");
    }
    if let Some(cors) = &settings.cors {
        draft.mount("cors", vec![Value::from(cors.origin.as_str())], "CORS_ORIGIN");
    }
    if let Some(fallback) = &settings.fallback {
        let url = bucket(draft, &fallback.bucket, "", region, None);
        draft.unlisted_source(&fallback.bucket, url, "DEFAULT_FALLBACK_IMAGE_BUCKET");
        let place = [("source", &fallback.bucket), ("key", &fallback.key)];
        let place = Table::from_iter(place.map(|(key, value)| (key.to_owned(), value.as_str().into())));
        draft.mount("fallback", place, "DEFAULT_FALLBACK_IMAGE_KEY");
    }
    for (key, name) in [("rewrite_pattern", "REWRITE_MATCH_PATTERN"), ("rewrite_substitution", "REWRITE_SUBSTITUTION")]
    {
        if let (Some(value), true) = (draft.get(name), settings.options.rewrite.is_some()) {
            draft.mount(key, value, name);
        }
    }
    if let Some(pixels) = settings.max_pixels.and_then(|pixels| i64::try_from(pixels.0).ok()) {
        draft.set("limits", "source_pixels", pixels, "SHARP_SIZE_LIMIT");
    }
    draft.listen("0.0.0.0:8080", "SOURCE_BUCKETS");
    if settings.secret.is_none() {
        draft.open();
    }
}
