use crate::sharp::{Json, Reader};

/// Headers of one request at most.
const MOST: usize = 32;
/// Bytes of a value at most.
const LONGEST: usize = 1024;

/// Names, in lower case, that a request may not set, because they steer the connection, security or caches; `*` at the end
/// stands for anything.
const DENIED: [&str; 19] = [
    "authorization",
    "connection",
    "server",
    "transfer-encoding",
    "referrer-policy",
    "permissions-*",
    "www-authenticate",
    "proxy-authenticate",
    "x-api-key",
    "set-cookie",
    "x-frame-*",
    "x-content-*",
    "x-xss-*",
    "strict-transport-*",
    "x-amz-*",
    "x-amzn-*",
    "access-control-*",
    "cross-origin-*",
    "content-*",
];

/// Headers of the answer that a request sets, in its order, names in lower case. Denied and malformed ones are noted.
pub(super) fn read(json: &Json, reader: &mut Reader) -> Vec<(String, String)> {
    let Json::Object(members) = json else {
        reader.ignore("headers");
        return Vec::new();
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in members {
        let value = match value {
            Json::Text(text) => text.clone(),
            Json::Number(_) | Json::Flag(_) => value.to_string(),
            _ => String::from("\n"),
        };
        let name = name.to_ascii_lowercase();
        if is_allowed(&name) && is_value(&value) && headers.len() < MOST {
            headers.retain(|(other, _)| *other != name);
            headers.push((name, value));
        } else {
            reader.ignore(&format!("headers.{name}"));
        }
    }
    headers
}

/// Whether it is a token (RFC 9110, section 5.6.2), here without the rarer signs, and not denied.
fn is_allowed(name: &str) -> bool {
    let is_token = !name.is_empty() && name.len() <= 64;
    let is_token = is_token && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let is_denied = DENIED.iter().any(|denied| match denied.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *denied,
    });
    is_token && !is_denied
}

/// Visible ASCII and spaces inside.
fn is_value(value: &str) -> bool {
    value.len() <= LONGEST && value.trim() == value && value.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_headers_are_set() {
        let json = serde_json::from_str(
            r#"{"Cache-Control":"max-age=77","X-My":1,"Content-Disposition":"attachment","X-Amz-Foo":"x","Set-Cookie":"a=b",
                "Surrogate-Key":"k1","evil\r\nx":"1","a":"b\r\nc: d","x-my":"2","b":{}}"#,
        );
        let mut reader = Reader::default();
        let headers = read(&json.unwrap(), &mut reader);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(headers, [("cache-control", "max-age=77"), ("surrogate-key", "k1"), ("x-my", "2")]);
        assert_eq!(reader.ignored.len(), 6);
        assert_eq!(read(&Json::Null, &mut reader), []);
    }
}
