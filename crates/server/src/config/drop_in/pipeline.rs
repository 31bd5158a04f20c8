use super::Server;
use super::draft::Draft;
use super::sources::bucket;

/// A function of Lambda that makes variants of every upload.
pub const SERVER: Server = Server {
    name: "a function that makes variants of every upload",
    marks: &["PROCESSED_BUCKET"],
    variables: &[
        (
            "PROCESSED_BUCKET",
            "`worker.target`, a bucket of S3 of that name; the source is the bucket that an invocation tells of",
        ),
        ("AWS_REGION", "the region of the bucket and of `[aws]`"),
        ("LOG_LEVEL", "`log.level`: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`"),
    ],
    without_effect: &[],
    fill,
};

fn fill(draft: &mut Draft<'_>) {
    let region = draft.get("AWS_REGION");
    if let Some(name) = draft.get("PROCESSED_BUCKET") {
        let url = bucket(draft, name, "", region, None);
        draft.unlisted_source("processed", url, "PROCESSED_BUCKET");
        draft.set("worker", "target", "processed", "PROCESSED_BUCKET");
    }
    if let Some(region) = region {
        draft.set("aws", "region", region, "AWS_REGION");
    }
    if let Some(level) = draft.parsed("LOG_LEVEL", level, "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`") {
        draft.set("log", "level", level, "LOG_LEVEL");
    }
}

/// A level as Python's `logging` calls it.
fn level(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_uppercase().as_str() {
        "DEBUG" => "debug",
        "INFO" => "info",
        "WARNING" | "WARN" => "warn",
        "ERROR" | "CRITICAL" | "FATAL" => "error",
        _ => return None,
    })
}
