//! `lm-signature`: the signature of dialects that have none of their own.
//!
//! It is the HMAC-SHA256 (RFC 2104) of the path, `?`, and all other query parameters sorted by name, in lower-case
//! hexadecimal. Names, values and path segments are decoded and encoded again in one way before, so that a proxy
//! that spells `,` as `%2C` does not break a signature. Parameters of the same name keep their order.
//! `lm-expires` is such a parameter: the second since 1970 from which on the URL is refused.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Error;
use crate::query::{Parameter, single};

/// The parameter that holds the signature.
pub const SIGNATURE: &str = "lm-signature";
/// The parameter that says when the URL expires, in seconds since 1970-01-01 00:00 UTC.
pub const EXPIRES: &str = "lm-expires";

/// What is not percent-encoded in the signed text: RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Secrets: the first one signs, and all of them verify, so that a key is replaced without an outage.
#[derive(Clone)]
pub struct Keys(Vec<Vec<u8>>);

impl Keys {
    /// These keys, in their order. `None` if there is none, or if one of them is empty, as anyone can sign with that.
    pub fn new<K: Into<Vec<u8>>>(keys: impl IntoIterator<Item = K>) -> Option<Self> {
        let keys: Vec<Vec<u8>> = keys.into_iter().map(Into::into).collect();
        (!keys.is_empty() && keys.iter().all(|key| !key.is_empty())).then_some(Self(keys))
    }

    /// All of them, the one that signs first.
    pub(crate) fn all(&self) -> &[Vec<u8>] {
        &self.0
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} secret)", self.0.len())
    }
}

/// The query with `lm-signature` added; a signature that it already has is replaced.
///
/// `path` and `query` are as on the wire; `path` starts with `/`.
pub fn sign(path: &str, query: Option<&str>, keys: &Keys) -> String {
    let unsigned: Vec<&str> = query
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty() && !Parameter::all(Some(part)).any(|parameter| parameter.is(SIGNATURE)))
        .collect();
    let signature = keys.0.first().and_then(|key| digest(&signed_text(path, query), key)).unwrap_or_default();
    let mut signed = unsigned.join("&");
    if !signed.is_empty() {
        signed.push('&');
    }
    signed + SIGNATURE + "=" + &signature
}

/// Whether the URL is signed with one of the keys and has not expired at this moment.
pub fn verify(path: &str, query: Option<&str>, keys: &Keys) -> Result<(), Error> {
    verify_at(path, query, keys, SystemTime::now())
}

/// The moment from which on the URL is refused, if it says one.
pub fn expires_at(query: Option<&str>) -> Option<SystemTime> {
    let seconds = single(query, EXPIRES).ok()??.parse().ok()?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// As [`verify`], at the moment `now`. The comparison takes the same time whatever the signature says.
pub fn verify_at(path: &str, query: Option<&str>, keys: &Keys, now: SystemTime) -> Result<(), Error> {
    let given = single(query, SIGNATURE)?.ok_or(Error::SignatureMissing)?;
    let text = signed_text(path, query);
    // Every key is tried, so that the time does not tell which one matched.
    let matches = keys.0.iter().fold(subtle::Choice::from(0), |matches, key| {
        matches | digest(&text, key).map_or(0.into(), |digest| digest.as_bytes().ct_eq(given.as_bytes()))
    });
    if !bool::from(matches) {
        return Err(Error::SignatureWrong);
    }
    let Some(expires) = single(query, EXPIRES)? else { return Ok(()) };
    let seconds = expires.parse().map_err(|_| Error::ExpiryMalformed)?;
    let end = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).ok_or(Error::ExpiryMalformed)?;
    if now < end { Ok(()) } else { Err(Error::Expired) }
}

/// The text that is signed.
fn signed_text(path: &str, query: Option<&str>) -> String {
    let path: Vec<String> =
        path.split('/').map(|segment| encode(&percent_decode_str(segment).collect::<Vec<_>>())).collect();
    let mut parameters: Vec<(String, String)> = Parameter::all(query)
        .filter(|parameter| !parameter.is(SIGNATURE))
        .map(|parameter| (encode(&parameter.name()), encode(&parameter.value())))
        .collect();
    parameters.sort_by(|a, b| a.0.cmp(&b.0));
    let parameters: Vec<String> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", path.join("/"), parameters.join("&"))
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// The signature in hexadecimal. HMAC takes keys of every length; were there one that it refused, nothing would match.
fn digest(text: &str, key: &[u8]) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(hex::encode(mac.chain_update(text.as_bytes()).finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/a b/example.jpg";
    const QUERY: &str = "x-oss-process=image/resize,w_100&v=2";

    fn keys(names: &[&str]) -> Keys {
        Keys::new(names.iter().copied()).unwrap()
    }

    fn verified(path: &str, query: &str) -> Result<(), Error> {
        verify(path, Some(query), &keys(&["new", "old"]))
    }

    #[test]
    fn what_is_signed_verifies() {
        let signed = sign(PATH, Some(QUERY), &keys(&["new"]));
        assert!(signed.starts_with(&format!("{QUERY}&lm-signature=")));
        assert_eq!(signed.len(), QUERY.len() + "&lm-signature=".len() + 64);
        assert_eq!(verified(PATH, &signed), Ok(()));
        assert_eq!(sign(PATH, Some(&signed), &keys(&["new"])), signed);
        assert_eq!(verified("/a", &sign("/a", None, &keys(&["new"]))), Ok(()));
    }

    #[test]
    fn the_signed_text_is_stated() {
        let text = signed_text("/a%20b/%7e.jpg", Some("b=2&x-oss-process=image/resize,w_1&lm-signature=00&a&b=1"));
        assert_eq!(text, "/a%20b/~.jpg?a=&b=2&b=1&x-oss-process=image%2Fresize%2Cw_1");
    }

    #[test]
    fn keys_rotate_without_an_outage() {
        assert_eq!(verified(PATH, &sign(PATH, Some(QUERY), &keys(&["old"]))), Ok(()));
        assert_eq!(verified(PATH, &sign(PATH, Some(QUERY), &keys(&["older"]))), Err(Error::SignatureWrong));
    }

    #[test]
    fn spelling_and_order_do_not_matter() {
        let signed = sign(PATH, Some(QUERY), &keys(&["new"]));
        let (_, signature) = signed.split_once("lm-signature=").unwrap();
        let other = format!("lm-signature={signature}&v=2&x-oss-process=image%2Fresize%2cw_100");
        assert_eq!(verified("/a%20b/ex%61mple.jpg", &other), Ok(()));
    }

    #[test]
    fn what_was_tampered_with_is_refused() {
        let signed = sign(PATH, Some(QUERY), &keys(&["new"]));
        for tampered in [
            signed.replace("w_100", "w_101"),
            format!("{signed}&x=1"),
            signed.replace("&v=2", ""),
            format!("v=2&{signed}"),
            signed.replace("lm-signature=", "lm-signature=0"),
            signed.replace("lm-signature=", "lm-signature=&x="),
            format!("{signed}A").to_uppercase(),
        ] {
            assert!(
                matches!(verified(PATH, &tampered), Err(Error::SignatureWrong | Error::SignatureMissing)),
                "{tampered}"
            );
        }
        assert_eq!(verified("/a/b/example.jpg", &signed), Err(Error::SignatureWrong));
        assert_eq!(verified("/a%2Fb", &sign("/a/b", None, &keys(&["new"]))), Err(Error::SignatureWrong));
        assert_eq!(verified(PATH, QUERY), Err(Error::SignatureMissing));
        assert_eq!(verified(PATH, &format!("{signed}&lm-signature=1")), Err(Error::Repeated(SIGNATURE)));
    }

    #[test]
    fn parameters_of_one_name_keep_their_order() {
        let signed = sign(PATH, Some("a=1&a=2"), &keys(&["new"]));
        assert_eq!(verified(PATH, &signed), Ok(()));
        assert_eq!(verified(PATH, &signed.replace("a=1&a=2", "a=2&a=1")), Err(Error::SignatureWrong));
    }

    #[test]
    fn urls_expire() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let at = |expires: &str| {
            let keys = keys(&["new"]);
            verify_at(PATH, Some(&sign(PATH, Some(&format!("lm-expires={expires}")), &keys)), &keys, now)
        };
        assert_eq!(at("1001"), Ok(()));
        assert_eq!(expires_at(Some("a=1&lm-expires=1001")), Some(UNIX_EPOCH + Duration::from_secs(1001)));
        assert_eq!((expires_at(Some("lm-expires=soon")), expires_at(None)), (None, None));
        assert_eq!(at("1000"), Err(Error::Expired));
        assert_eq!(at("0"), Err(Error::Expired));
        for malformed in ["", "-1", "soon", "99999999999999999999", "18446744073709551615"] {
            assert_eq!(at(malformed), Err(Error::ExpiryMalformed), "{malformed}");
        }
        let signed = sign(PATH, Some("lm-expires=1001"), &keys(&["new"]));
        let extended = signed.replace("1001", "9001");
        assert_eq!(verify_at(PATH, Some(&extended), &keys(&["new"]), now), Err(Error::SignatureWrong));
    }

    #[test]
    fn secrets_are_not_printed_and_not_empty() {
        assert_eq!(format!("{:?}", keys(&["hunter2"])), "Keys(1 secret)");
        assert!(Keys::new(Vec::<String>::new()).is_none());
        assert!(Keys::new(["a", ""]).is_none());
    }
}
