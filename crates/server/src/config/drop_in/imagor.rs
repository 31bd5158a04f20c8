use std::net::IpAddr;

use lightmill_dialects::go_duration;
use toml::Value;

use super::Server;
use super::draft::Draft;
use super::sources::{bucket, origins};
use super::values::{A_SWITCH, list, number, switch};

/// imagor.
pub const SERVER: Server = Server {
    name: "imagor",
    marks: &["IMAGOR_SECRET", "IMAGOR_UNSAFE", "S3_LOADER_BUCKET", "FILE_LOADER_BASE_DIR"],
    variables: &[
        ("IMAGOR_SECRET", "`keys`"),
        ("IMAGOR_UNSAFE", "`unsafe`"),
        ("IMAGOR_SIGNER_TYPE, IMAGOR_SIGNER_TRUNCATE", "`signature_algorithm` and `signature_letters`"),
        ("S3_LOADER_BUCKET, S3_LOADER_BASE_DIR, S3_ENDPOINT, AWS_REGION", "the default source, a bucket of S3"),
        ("FILE_LOADER_BASE_DIR", "the default source, a folder, where no bucket is"),
        ("HTTP_LOADER_ALLOWED_SOURCES", "origins that URLs in the place of keys may name: whole host names"),
        ("S3_RESULT_STORAGE_BUCKET, S3_RESULT_STORAGE_BASE_DIR", "`results.source`"),
        ("FILE_RESULT_STORAGE_BASE_DIR", "`cache.disk`"),
        ("IMAGOR_AUTO_AVIF, IMAGOR_AUTO_WEBP, IMAGOR_AUTO_JPEG", "`formats`, in this order"),
        ("IMAGOR_CACHE_HEADER_TTL", "`cache_control`"),
        ("SERVER_ADDRESS, PORT", "`server.listen`; every address and 8000 without"),
        ("SERVER_PATH_PREFIX", "`path`"),
    ],
    without_effect: &[
        ("IMAGOR_PROCESS_CONCURRENCY", "permits.threads says how many pictures are made at a time"),
        ("IMAGOR_PROCESS_QUEUE_SIZE", "permits.queue_length says how many may wait"),
        ("IMAGOR_REQUEST_TIMEOUT", "limits.time bounds every request"),
        ("VIPS_MAX_RESOLUTION", "[limits] bound sources and results"),
        ("VIPS_MAX_WIDTH", "[limits] bound sources and results"),
        ("VIPS_MAX_HEIGHT", "[limits] bound sources and results"),
        ("VIPS_MAX_ANIMATION_FRAMES", "limits.frames bounds animations"),
        ("S3_STORAGE_BUCKET", "originals are read where they are"),
        ("FILE_STORAGE_BASE_DIR", "originals are read where they are"),
        ("HTTP_LOADER_BASE_URL", "name its host in HTTP_LOADER_ALLOWED_SOURCES, or configure it as a source"),
    ],
    fill,
};

/// What `Accept` chooses, in imagor's order.
const AUTOMATIC: [(&str, &str); 3] =
    [("IMAGOR_AUTO_AVIF", "avif"), ("IMAGOR_AUTO_WEBP", "webp"), ("IMAGOR_AUTO_JPEG", "jpeg")];

fn fill(draft: &mut Draft<'_>) {
    draft.mount.insert("dialect".to_owned(), "thumbor".into());
    draft.mount.insert("flavour".to_owned(), "imagor".into());
    sources(draft);
    signature(draft);
    let mut formats = Vec::new();
    for (name, format) in AUTOMATIC {
        if draft.parsed(name, switch, A_SWITCH) == Some(true) {
            formats.push(Value::from(format));
        }
    }
    if !formats.is_empty() {
        draft.mount("formats", formats, "IMAGOR_AUTO_WEBP");
    }
    let time = draft.parsed("IMAGOR_CACHE_HEADER_TTL", go_duration, "a time such as `168h`");
    if let Some(time) = time {
        draft.mount("cache_control", format!("public, max-age={}", time.as_secs()), "IMAGOR_CACHE_HEADER_TTL");
    }
    if let Some(path) = draft.get("SERVER_PATH_PREFIX") {
        let path = path.trim_matches('/');
        draft.mount("path", format!("/{path}"), "SERVER_PATH_PREFIX");
    }
    let port = draft.parsed("PORT", |text| text.parse::<u16>().ok(), "a port, 0 to 65535").unwrap_or(8000);
    let address = draft.parsed("SERVER_ADDRESS", |text| text.parse::<IpAddr>().ok(), "an IP address");
    let address = address.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    draft.listen(std::net::SocketAddr::new(address, port).to_string(), "PORT");
}

fn signature(draft: &mut Draft<'_>) {
    if let Some(secret) = draft.get("IMAGOR_SECRET") {
        draft.mount("keys", vec![Value::from(format!("literal:{secret}"))], "IMAGOR_SECRET");
    }
    if let Some(algorithm) = draft.get("IMAGOR_SIGNER_TYPE") {
        draft.mount("signature_algorithm", algorithm.to_ascii_lowercase(), "IMAGOR_SIGNER_TYPE");
    }
    if let Some(letters) = draft.parsed("IMAGOR_SIGNER_TRUNCATE", number, "a number of letters, 1 or more") {
        draft.mount("signature_letters", letters, "IMAGOR_SIGNER_TRUNCATE");
    }
    if draft.parsed("IMAGOR_UNSAFE", switch, A_SWITCH) == Some(true) {
        draft.open();
    } else if draft.get("IMAGOR_SECRET").is_none() {
        draft.mistake("IMAGOR_SECRET", "is missing, and IMAGOR_UNSAFE is not on: no request could be answered");
    }
}

fn sources(draft: &mut Draft<'_>) {
    let (region, endpoint) = (draft.get("AWS_REGION"), draft.get("S3_ENDPOINT"));
    if let Some(name) = draft.get("S3_LOADER_BUCKET") {
        let url = bucket(draft, name, draft.get("S3_LOADER_BASE_DIR").unwrap_or(""), region, endpoint);
        draft.source(name, url, "S3_LOADER_BUCKET");
    } else if let Some(folder) = draft.get("FILE_LOADER_BASE_DIR") {
        draft.source("files", folder.to_owned(), "FILE_LOADER_BASE_DIR");
    }
    if let Some(hosts) = draft.get("HTTP_LOADER_ALLOWED_SOURCES") {
        origins(draft, &list(hosts), "HTTP_LOADER_ALLOWED_SOURCES");
    }
    if !draft.has_sources() {
        let problem = "is missing, or S3_LOADER_BUCKET or FILE_LOADER_BASE_DIR: nothing is fetched from any host";
        draft.mistake("HTTP_LOADER_ALLOWED_SOURCES", problem);
    }
    if let Some(name) = draft.get("S3_RESULT_STORAGE_BUCKET") {
        let url = bucket(draft, name, draft.get("S3_RESULT_STORAGE_BASE_DIR").unwrap_or(""), region, endpoint);
        draft.unlisted_source("results", url, "S3_RESULT_STORAGE_BUCKET");
        draft.set("results", "source", "results", "S3_RESULT_STORAGE_BUCKET");
    }
    if let Some(folder) = draft.get("FILE_RESULT_STORAGE_BASE_DIR") {
        draft.set("cache", "disk", folder, "FILE_RESULT_STORAGE_BASE_DIR");
    }
}
