//! What is posted to be saved, in the two forms that the field has.

use std::collections::BTreeMap;

use http::HeaderValue;
use lightmill_dialects::{Request, oss};
use lightmill_store::Attributes;
use serde::Deserialize;

use super::Mount;
use crate::errors::Problem;

/// The path of the first form.
const IMAGES: &str = "/images";

/// What should be made, and where it should lie.
pub(super) struct Posted {
    pub wish: Request,
    /// The bucket of the source, if it is named.
    pub source: Option<String>,
    /// The bucket of the target; `None` is that of the source.
    pub target: Option<String>,
    /// The key of the target.
    pub object: String,
    pub attributes: Attributes,
    pub form: Form,
}

/// How it was said, and is to be answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// `POST /images` with a JSON object, as the open-source OSS servers take it.
    Json,
    /// `POST /KEY?x-oss-process` with `x-oss-process=ACTIONS|sys/saveas,…`, as OSS itself takes it.
    Pipe,
}

pub(super) fn read(mount: &Mount, within: &str, body: &[u8]) -> Result<Posted, Problem> {
    if within == IMAGES { json(mount, body) } else { pipe(mount, within, body) }
}

/// The body of `POST /images`; the last three are more than the reference servers know.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    params: String,
    source_bucket: String,
    source_object: String,
    target_bucket: String,
    target_object: String,
    cache_control: Option<String>,
    content_disposition: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

fn json(mount: &Mount, body: &[u8]) -> Result<Posted, Problem> {
    let fields: Fields = serde_json::from_slice(body).map_err(|error| Problem::BadBody(error.to_string()))?;
    for (name, text) in [("sourceObject", &fields.source_object), ("targetObject", &fields.target_object)] {
        if text.is_empty() {
            return Err(Problem::BadBody(format!("{name} is empty")));
        }
    }
    let locator = oss::locator(&fields.source_object)?;
    let wish = oss::parse_process(&fields.params, &locator, None, &mount.rules.oss)?;
    let attributes = Attributes {
        content_type: None,
        cache_control: header("cacheControl", fields.cache_control)?,
        content_disposition: header("contentDisposition", fields.content_disposition)?,
        metadata: metadata(fields.metadata)?,
    };
    Ok(Posted {
        wish,
        source: Some(fields.source_bucket),
        target: Some(fields.target_bucket),
        object: oss::locator(&fields.target_object)?.key,
        attributes,
        form: Form::Json,
    })
}

fn header(name: &str, value: Option<String>) -> Result<Option<String>, Problem> {
    match value {
        Some(value) if HeaderValue::from_str(&value).is_err() => {
            Err(Problem::BadBody(format!("{name} is not the value of a header")))
        }
        value => Ok(value),
    }
}

fn metadata(pairs: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problem> {
    let is_name = |name: &str| {
        let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        letters && (1..=64).contains(&name.len())
    };
    let is_text = |text: &str| text.len() <= 1024 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if pairs.len() <= 16 && pairs.iter().all(|(name, text)| is_name(name) && is_text(text)) {
        return Ok(pairs);
    }
    let problem = "metadata has at most 16 names of a-z, 0-9 and -, each with up to 1024 printable ASCII characters";
    Err(Problem::BadBody(problem.to_owned()))
}

fn pipe(mount: &Mount, within: &str, body: &[u8]) -> Result<Posted, Problem> {
    let mut pairs = url::form_urlencoded::parse(body);
    let (Some((name, text)), None) = (pairs.next(), pairs.next()) else {
        return Err(Problem::BadBody("is not of the form x-oss-process=ACTIONS|sys/saveas,…".to_owned()));
    };
    if name != "x-oss-process" {
        return Err(Problem::BadBody("is not of the form x-oss-process=ACTIONS|sys/saveas,…".to_owned()));
    }
    let key = percent_encoding::percent_decode_str(within.strip_prefix('/').unwrap_or(within));
    let locator = oss::locator(&key.decode_utf8_lossy())?;
    let (wish, save) = oss::parse_save(&text, &locator, None, &mount.rules.oss)?;
    Ok(Posted {
        wish,
        source: None,
        target: save.bucket,
        object: save.object,
        attributes: Attributes::default(),
        form: Form::Pipe,
    })
}
