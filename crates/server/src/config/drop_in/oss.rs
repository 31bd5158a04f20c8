use toml::{Table, Value};

use super::Server;
use super::draft::Draft;
use super::sources::bucket;
use super::values::{A_SWITCH, number, switch};

/// wchaws/serverless-image-handler and keithyt06/ecs-image-handler.
pub const SERVER: Server = Server {
    name: "the x-oss-process servers (serverless-image-handler, ecs-image-handler)",
    marks: &["SRC_BUCKET", "SRC_BUCKETS", "STYLE_TABLE_NAME"],
    variables: &[
        ("SRC_BUCKET, BUCKET", "the default source, a bucket of S3 of that name"),
        ("SRC_BUCKETS", "more of them, between commas; the flavour is `keithyt06` with it, and `wchaws` without"),
        ("REGION, AWS_REGION", "the region of the buckets and of `[aws]`; `us-west-2` without"),
        ("STYLE_TABLE_NAME", "`styles.table`"),
        ("SECRET_NAME", "`save`: its field `X-Client-Authorization` is the token, every bucket may be written to"),
        ("AUTO_WEBP", "`formats = [\"webp\"]`, of the flavour `wchaws`"),
        ("CACHE_MAX_SIZE_MB", "`cache.memory_bytes`"),
    ],
    without_effect: &[
        ("SHARP_QUEUE_LIMIT", "[permits] say how much may wait"),
        ("CONFIG_JSON_PARAMETER_NAME", "limits.frames and limits.animation_pixels bound animations"),
        ("CACHE_TTL_SEC", "results follow their source; cache.version_time says how soon"),
        ("CACHE_MAX_ITEMS", "cache.memory_bytes bounds what is kept"),
        ("VIPS_DISC_THRESHOLD", "pictures on the way are never on disk; limits.memory_bytes bounds them"),
    ],
    fill,
};

fn fill(draft: &mut Draft<'_>) {
    let region = draft.get("REGION").or_else(|| draft.get("AWS_REGION")).unwrap_or("us-west-2");
    let default = [("BUCKET", draft.get("BUCKET")), ("SRC_BUCKET", draft.get("SRC_BUCKET"))];
    let others = draft.get("SRC_BUCKETS");
    let names = default.into_iter().filter_map(|(name, value)| Some((name, value?))).take(1);
    let names = names.chain(others.into_iter().flat_map(|list| list.split(',')).map(|value| ("SRC_BUCKETS", value)));
    let names: Vec<(&str, &str)> =
        names.map(|(name, value)| (name, value.trim())).filter(|(_, value)| !value.is_empty()).collect();
    for (name, value) in &names {
        let url = bucket(draft, value, "", Some(region), None);
        draft.source(value, url, name);
    }
    if names.is_empty() {
        draft.mistake("SRC_BUCKET", "is missing: the bucket that is read where a request names none");
    }

    let flavour = if others.is_some() { "keithyt06" } else { "wchaws" };
    draft.mount("flavour", flavour, "SRC_BUCKETS");
    draft.mount.insert("originals".to_owned(), "forbid".into());
    draft.note("requests for originals are answered with 403, on which the CDN falls back to the bucket");
    draft.note("the header x-bucket chooses among these buckets only");
    if draft.parsed("AUTO_WEBP", switch, A_SWITCH) == Some(true) && flavour == "wchaws" {
        draft.mount("formats", vec![Value::from("webp")], "AUTO_WEBP");
    }

    draft.set("aws", "region", region, "REGION");
    if let Some(table) = draft.get("STYLE_TABLE_NAME") {
        draft.set("styles", "table", table, "STYLE_TABLE_NAME");
    }
    if let Some(secret) = draft.get("SECRET_NAME") {
        let to: Vec<Value> = names.iter().map(|(_, value)| Value::from(*value)).collect();
        let tokens = vec![Value::from(format!("secretsmanager:{secret}#X-Client-Authorization"))];
        let save = Table::from_iter([("to".to_owned(), to.into()), ("tokens".to_owned(), tokens.into())]);
        draft.mount("save", save, "SECRET_NAME");
    }
    if let Some(megabytes) = draft.parsed("CACHE_MAX_SIZE_MB", number, "a number of megabytes, 1 or more") {
        draft.set("cache", "memory_bytes", megabytes.saturating_mul(1024 * 1024), "CACHE_MAX_SIZE_MB");
    }
    draft.listen("0.0.0.0:8080", "SRC_BUCKET");
    draft.open();
}
