use toml::Value;

use super::Server;
use super::draft::Draft;
use super::sources::{bucket, origins};
use super::values::{A_SWITCH, list, number, switch};

/// Thumbor with `--use-environment`, and its plug-in for S3.
pub const SERVER: Server = Server {
    name: "Thumbor",
    marks: &["SECURITY_KEY", "TC_AWS_LOADER_BUCKET", "FILE_LOADER_ROOT_PATH"],
    variables: &[
        ("SECURITY_KEY", "`keys`"),
        ("ALLOW_UNSAFE_URL", "`unsafe`; `true` without"),
        (
            "TC_AWS_LOADER_BUCKET, TC_AWS_LOADER_ROOT_PATH, TC_AWS_REGION, TC_AWS_ENDPOINT",
            "the default source, a bucket of S3",
        ),
        ("FILE_LOADER_ROOT_PATH", "the default source, a folder, where no bucket is"),
        ("ALLOWED_SOURCES", "origins that URLs in the place of keys may name: whole host names"),
        ("TC_AWS_RESULT_STORAGE_BUCKET, TC_AWS_RESULT_STORAGE_ROOT_PATH", "`results.source`"),
        ("RESULT_STORAGE_FILE_STORAGE_ROOT_PATH", "`cache.disk`"),
        ("AUTO_WEBP, AUTO_AVIF, AUTO_JPG, AUTO_PNG", "`formats`, in Thumbor's order"),
        ("RESPECT_ORIENTATION", "`respect_orientation`; photos are turned upright without it"),
        ("QUALITY", "`output.quality`"),
        ("MAX_AGE", "`cache_control`"),
    ],
    without_effect: &[
        ("AUTO_HEIF", "HEIC is read and not written"),
        ("MAX_WIDTH", "[limits] bound sources and results"),
        ("MAX_HEIGHT", "[limits] bound sources and results"),
        ("WEBP_QUALITY", "output.quality counts for every format"),
        ("AVIF_QUALITY", "output.quality counts for every format"),
        ("DETECTORS", "[analysers] say who finds faces"),
        ("ENGINE", "lightmill has its own"),
        ("ENGINE_THREADPOOL_SIZE", "permits.threads says how many pictures are made at a time"),
        ("STORES_CRYPTO_KEY_FOR_EACH_IMAGE", "keys are those of the mount; several hold at once"),
        ("UPLOAD_ENABLED", "uploads are off until `mounts.0.uploads` says who may send pictures, and where to"),
        ("USE_BLACKLIST", "the blacklist is off until `mounts.0.blacklist` says where it is"),
        ("RESULT_STORAGE_STORES_UNSAFE", "results are kept whoever signed"),
    ],
    fill,
};

/// What `Accept` chooses, in Thumbor's order.
const AUTOMATIC: [(&str, &str); 4] =
    [("AUTO_WEBP", "webp"), ("AUTO_AVIF", "avif"), ("AUTO_JPG", "jpeg"), ("AUTO_PNG", "png")];

fn fill(draft: &mut Draft<'_>) {
    draft.mount.insert("dialect".to_owned(), "thumbor".into());
    sources(draft);
    if let Some(key) = draft.get("SECURITY_KEY") {
        draft.mount("keys", vec![Value::from(format!("literal:{key}"))], "SECURITY_KEY");
    }
    let mut formats = Vec::new();
    for (name, format) in AUTOMATIC {
        if draft.parsed(name, switch, A_SWITCH) == Some(true) {
            formats.push(Value::from(format));
        }
    }
    if !formats.is_empty() {
        draft.mount("formats", formats, "AUTO_WEBP");
    }
    if let Some(upright) = draft.parsed("RESPECT_ORIENTATION", switch, A_SWITCH) {
        draft.mount("respect_orientation", upright, "RESPECT_ORIENTATION");
    }
    if let Some(quality) = draft.parsed("QUALITY", number, "a quality, 1 to 100") {
        draft.set("output", "quality", quality, "QUALITY");
    }
    if let Some(seconds) = draft.parsed("MAX_AGE", number, "a number of seconds, 1 or more") {
        draft.mount("cache_control", format!("public, max-age={seconds}"), "MAX_AGE");
    }
    draft.listen("0.0.0.0:8888", "SECURITY_KEY");
    let is_open = draft.parsed("ALLOW_UNSAFE_URL", switch, A_SWITCH).unwrap_or(true);
    if is_open {
        draft.open();
    } else if draft.get("SECURITY_KEY").is_none() {
        draft.mistake("SECURITY_KEY", "is missing, and ALLOW_UNSAFE_URL is off: no request could be answered");
    }
}

fn sources(draft: &mut Draft<'_>) {
    let (region, endpoint) = (draft.get("TC_AWS_REGION"), draft.get("TC_AWS_ENDPOINT"));
    if let Some(name) = draft.get("TC_AWS_LOADER_BUCKET") {
        let folder = draft.get("TC_AWS_LOADER_ROOT_PATH").unwrap_or("");
        let url = bucket(draft, name, folder, region, endpoint);
        draft.source(name, url, "TC_AWS_LOADER_BUCKET");
    } else if let Some(folder) = draft.get("FILE_LOADER_ROOT_PATH") {
        draft.source("files", folder.to_owned(), "FILE_LOADER_ROOT_PATH");
    }
    if let Some(hosts) = draft.get("ALLOWED_SOURCES") {
        origins(draft, &list(hosts), "ALLOWED_SOURCES");
    }
    if !draft.has_sources() {
        let problem = "is missing, or TC_AWS_LOADER_BUCKET or FILE_LOADER_ROOT_PATH: nothing is fetched from any host";
        draft.mistake("ALLOWED_SOURCES", problem);
    }
    if let Some(name) = draft.get("TC_AWS_RESULT_STORAGE_BUCKET") {
        let folder = draft.get("TC_AWS_RESULT_STORAGE_ROOT_PATH").unwrap_or("");
        let url = bucket(draft, name, folder, region, endpoint);
        draft.unlisted_source("results", url, "TC_AWS_RESULT_STORAGE_BUCKET");
        draft.set("results", "source", "results", "TC_AWS_RESULT_STORAGE_BUCKET");
    }
    if let Some(folder) = draft.get("RESULT_STORAGE_FILE_STORAGE_ROOT_PATH") {
        draft.set("cache", "disk", folder, "RESULT_STORAGE_FILE_STORAGE_ROOT_PATH");
    }
}
