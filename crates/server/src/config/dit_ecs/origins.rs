use std::collections::BTreeSet;
use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, PROXY_AUTHORIZATION, RANGE, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use lightmill_dialects::dit_ecs::{ConfigEntries, Origin};
use lightmill_store::aws;
use lightmill_store::http::{BaseUrl, HttpSettings};
use lightmill_store::s3;

use super::DitEcs;
use super::bucket::bucket;
use crate::config::origin::{Remote, closed};
use crate::config::sources::{Location, Source};

/// How often an HTTP origin is asked, as any other source.
const ATTEMPTS: u32 = 3;

/// The header by which the requester pays.
const PAYER: &str = "x-amz-request-payer";

/// Headers of requests that are a source's own business.
const OWN: [HeaderName; 15] = [
    HOST,
    RANGE,
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_RANGE,
    IF_UNMODIFIED_SINCE,
    PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What stands around the origins of a mount.
pub(in crate::config) struct Around<'a> {
    /// The mount's host and path.
    pub mount: &'a str,
    /// The configured sources.
    pub sources: &'a [String],
    /// What a request may take.
    pub longest: Duration,
}

/// What the origins of a mount read.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// Sources beside those that are configured.
    pub sources: Vec<Source>,
    /// Names of all that are read.
    pub names: BTreeSet<String>,
    /// What is wrong with origins; what they name is never opened.
    pub mistakes: Vec<String>,
}

/// Gives each origin of `entries` its source.
pub(super) fn open(entries: &mut ConfigEntries, said: &DitEcs, around: &Around<'_>) -> Opened {
    let mut opened = Opened::default();
    for origin in &mut entries.origins {
        let own = format!("{}#{}", around.mount, origin.id);
        match source(origin, &own, said, around) {
            Ok(source) => {
                opened.names.extend(origin.source.clone());
                opened.sources.extend(source);
            }
            Err(mistake) => {
                opened.mistakes.push(format!("the origin {}: {mistake}", origin.id));
                origin.source = Some(own);
            }
        }
    }
    opened
}

/// The source that an origin needs beside those that are configured; the origin names it, or the configured one, afterwards.
fn source(origin: &mut Origin, own: &str, said: &DitEcs, around: &Around<'_>) -> Result<Option<Source>, String> {
    let host = origin.domain.to_ascii_lowercase();
    if origin.source.is_none() {
        origin.source = said.replaced.get(&host).cloned();
    }
    if let Some(name) = &origin.source {
        if !around.sources.contains(name) {
            return Err(format!("the source `{name}` is not configured; there are: {}", around.sources.join(", ")));
        }
        if !origin.headers.is_empty() {
            return Err(format!("its headers belong to the source `{name}`"));
        }
        return Ok(None);
    }
    if host.is_empty() {
        // Which is told with everything else about entries.
        return Ok(None);
    }
    if around.sources.iter().any(|source| source == own) {
        return Err(format!("the name of its source would be that of the configured one `{own}`"));
    }
    let location = match bucket(&host) {
        Some(found) => {
            let named = match found.bucket {
                Some(bucket) => bucket.to_owned(),
                None => first_segment(origin)?,
            };
            let settings = bucket_settings(named, found.region, origin, &said.aws)?;
            // The SDK asks three times by itself.
            Location::S3(Box::new(settings), Remote::standard(around.longest, 1))
        }
        None => Location::Http(Box::new(http_settings(&host, origin)?), Remote::standard(around.longest, ATTEMPTS)),
    };
    origin.source = Some(own.to_owned());
    Ok(Some(Source { name: own.to_owned(), location }))
}

/// The bucket that the origin's path begins with, which is taken off it.
fn first_segment(origin: &mut Origin) -> Result<String, String> {
    let path = origin.path.take().unwrap_or_default();
    let (bucket, rest) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    if bucket.is_empty() {
        return Err(
            "its domain is that of every bucket in a region; BUCKET.s3.REGION.amazonaws.com names one".to_owned()
        );
    }
    let bucket = bucket.to_owned();
    origin.path = (!rest.is_empty()).then(|| format!("/{rest}"));
    Ok(bucket)
}

fn bucket_settings(
    bucket: String,
    region: Option<&str>,
    origin: &Origin,
    aws: &aws::Settings,
) -> Result<s3::Settings, String> {
    let mut requester_pays = false;
    for (name, value) in &origin.headers {
        if !name.eq_ignore_ascii_case(PAYER) || value != "requester" {
            return Err(format!("a bucket takes no headers but `{PAYER}: requester`"));
        }
        requester_pays = true;
    }
    Ok(s3::Settings {
        region: region.map(str::to_owned).or_else(|| aws.region.clone()),
        endpoint: aws.endpoint.clone(),
        path_style: aws.endpoint.is_some() || bucket.contains('.'),
        requester_pays,
        credentials: aws.credentials.clone(),
        role: aws.role.clone(),
        ..s3::Settings::new(bucket)
    })
}

fn http_settings(host: &str, origin: &Origin) -> Result<HttpSettings, String> {
    let base: BaseUrl = format!("https://{host}/").parse().map_err(|_| "its domain is no host".to_owned())?;
    let mut settings = HttpSettings::new(base);
    settings.headers = headers(origin)?;
    if closed(&settings).is_some() {
        return Err("its domain is no public address; a configured source can be one".to_owned());
    }
    Ok(settings)
}

/// Their values may be secrets.
fn headers(origin: &Origin) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &origin.headers {
        let read = || {
            let mut value = HeaderValue::try_from(value.as_str()).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name.as_str()).ok()?, value))
        };
        let (key, value) = read().ok_or_else(|| format!("{name:.100?} is no header, or its value none of a header"))?;
        if OWN.contains(&key) {
            return Err(format!("the header `{key}` cannot be set"));
        }
        headers.insert(key, value);
    }
    Ok(headers)
}
