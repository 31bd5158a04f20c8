use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::draft::Draft;

/// What stands for itself in our URLs.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const ESCAPED_PATH: &AsciiSet = &ESCAPED.remove(b'/');

/// The URL of a bucket of S3. Where Amazon's own variables name another server, it is there.
pub fn bucket(draft: &Draft<'_>, bucket: &str, folder: &str, region: Option<&str>, endpoint: Option<&str>) -> String {
    let endpoint = endpoint.or_else(|| draft.get("AWS_ENDPOINT_URL_S3")).or_else(|| draft.get("AWS_ENDPOINT_URL"));
    let parameters: Vec<String> = [("region", region), ("endpoint", endpoint)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", utf8_percent_encode(value?, ESCAPED))))
        .collect();
    let mut url = format!("s3://{}", utf8_percent_encode(bucket, ESCAPED));
    let folder = folder.trim_matches('/');
    if !folder.is_empty() {
        url.push('/');
        url.extend(utf8_percent_encode(folder, ESCAPED_PATH));
    }
    if !parameters.is_empty() {
        url.push('?');
        url.push_str(&parameters.join("&"));
    }
    url
}

/// Adds the origins that `hosts` name, which pages name by URLs in the place of keys. A pattern is no origin: it is told.
pub fn origins(draft: &mut Draft<'_>, hosts: &[&str], name: &str) {
    for host in hosts {
        let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'));
        if !is_host || host.starts_with(':') {
            draft.mistake(name, format!("has `{host}`, a pattern: only whole host names are origins"));
            continue;
        }
        draft.source(&format!("https-{host}"), format!("https://{host}"), name);
        draft.source(&format!("http-{host}"), format!("http://{host}"), name);
    }
}
