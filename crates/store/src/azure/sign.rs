use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, DATE, HeaderName, RANGE};
use http::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
use http::{HeaderMap, HeaderValue};
use hyper::body::Body;
use percent_encoding::percent_decode_str;
use sha2::Sha256;

use crate::Error;
use crate::cloud::Request;

/// One of the account's keys.
#[derive(Clone)]
pub(super) struct Key {
    account: String,
    mac: Hmac<Sha256>,
}

impl Key {
    /// `None` if the key is no base64.
    pub(super) fn new(account: &str, key: &str) -> Option<Self> {
        let mac = Hmac::new_from_slice(&STANDARD.decode(key.trim()).ok()?).ok()?;
        Some(Self { account: account.to_owned(), mac })
    }

    /// Signs what is in the request ("Authorize with Shared Key").
    pub(super) fn sign(&self, request: &mut Request) -> Result<(), Error> {
        let date = httpdate::fmt_http_date(SystemTime::now());
        request.headers_mut().insert("x-ms-date", HeaderValue::try_from(date).map_err(Error::unusable)?);
        let mut mac = self.mac.clone();
        mac.update(text(&self.account, request).as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let mut value =
            HeaderValue::try_from(format!("SharedKey {}:{signature}", self.account)).map_err(Error::unusable)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What is signed: the method, eleven headers, those of Azure's own, the path with the account before it, the parameters.
fn text(account: &str, request: &Request) -> String {
    const MD5: HeaderName = HeaderName::from_static("content-md5");
    let headers = request.headers();
    let length = request.body().size_hint().lower();
    let length = if length == 0 { String::new() } else { length.to_string() };
    let header = |name: HeaderName| value(headers, &name);
    let mut lines = vec![
        request.method().to_string(),
        header(CONTENT_ENCODING),
        header(CONTENT_LANGUAGE),
        length,
        header(MD5),
        header(CONTENT_TYPE),
        header(DATE),
        header(IF_MODIFIED_SINCE),
        header(IF_MATCH),
        header(IF_NONE_MATCH),
        header(IF_UNMODIFIED_SINCE),
        header(RANGE),
    ];
    let mut own: Vec<&HeaderName> = headers.keys().filter(|name| name.as_str().starts_with("x-ms-")).collect();
    own.sort_by_key(|name| name.as_str());
    lines.extend(own.into_iter().map(|name| format!("{name}:{}", value(headers, name))));
    lines.push(format!("/{account}{}", request.uri().path()));
    let query = request.uri().query().unwrap_or_default();
    let mut parameters: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_ascii_lowercase(), percent_decode_str(value).decode_utf8_lossy().into_owned()))
        .collect();
    parameters.sort();
    lines.extend(parameters.into_iter().map(|(name, value)| format!("{name}:{value}")));
    lines.join("\n")
}

fn value(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn what_is_signed() {
        let request = http::Request::put("http://127.0.0.1:10000/dev/photos/a%20b?comp=block&blockid=YQ%3D%3D")
            .header("x-ms-version", "2023-11-03")
            .header("x-ms-blob-type", "BlockBlob")
            .header("range", "bytes=0-1")
            .header("content-type", "image/png")
            .body(Bytes::from_static(b"abc").into())
            .unwrap();
        let expected = "PUT\n\n\n3\n\nimage/png\n\n\n\n\n\nbytes=0-1\nx-ms-blob-type:BlockBlob\nx-ms-version:2023-11-03\n\
                        /dev/dev/photos/a%20b\nblockid:YQ==\ncomp:block";
        assert_eq!(text("dev", &request), expected);
    }

    #[test]
    fn keys_are_base64_and_not_shown() {
        assert!(Key::new("dev", "no key!").is_none());
        let key = Key::new("dev", " aHVzaA== ").unwrap();
        assert!(!format!("{key:?}").contains("hush"));
    }
}
