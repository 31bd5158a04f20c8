//! Who may ask: signatures and expiries.
//!
//! The signature is the HMAC-SHA256 (RFC 2104), in lower-case hexadecimal, of the path as it is sent and, where there are
//! other query parameters, `?` and these, decoded, sorted by name, as `name=value` joined by `&`. Of parameters of one name
//! the last counts.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Error;
use crate::query::Parameter;
use crate::signature::Keys;

/// The query parameter that holds the signature.
pub const SIGNATURE: &str = "signature";
/// The query parameter that says when the URL expires: `YYYYMMDDTHHmmssZ`, in UTC.
pub const EXPIRES: &str = "expires";

/// Whether the URL may be asked for at this moment; the time that is left, if it expires. With `keys` it must be signed by
/// one of them. `path` and `query` are as on the wire.
pub fn verify(path: &str, query: Option<&str>, keys: Option<&Keys>) -> Result<Option<Duration>, Error> {
    verify_at(path, query, keys, SystemTime::now())
}

/// As [`verify`], at the moment `now`. The comparison takes the same time whatever the signature says.
pub fn verify_at(
    path: &str,
    query: Option<&str>,
    keys: Option<&Keys>,
    now: SystemTime,
) -> Result<Option<Duration>, Error> {
    let mut parameters = decoded(query);
    let given = parameters.remove(SIGNATURE);
    if let Some(keys) = keys {
        let given = given.ok_or(Error::SignatureMissing)?;
        let text = signed_text(path, &parameters);
        // Every key is tried, so that the time does not tell which one matched.
        let matches = keys.all().iter().fold(subtle::Choice::from(0), |matches, key| {
            matches | digest(&text, key).map_or(0.into(), |digest| digest.as_bytes().ct_eq(given.as_bytes()))
        });
        if !bool::from(matches) {
            return Err(Error::SignatureWrong);
        }
    }
    let Some(expires) = parameters.get(EXPIRES) else { return Ok(None) };
    let end = moment(expires).ok_or(Error::Expiry)?;
    end.duration_since(now).ok().filter(|left| !left.is_zero()).map(Some).ok_or(Error::Expired)
}

/// The signature of a URL by the first key.
pub fn sign(path: &str, query: Option<&str>, keys: &Keys) -> String {
    let mut parameters = decoded(query);
    parameters.remove(SIGNATURE);
    let text = signed_text(path, &parameters);
    keys.all().first().and_then(|key| digest(&text, key)).unwrap_or_default()
}

/// The moment that `YYYYMMDDTHHmmssZ` names, if it is a real one from 1970 on.
pub fn moment(text: &str) -> Option<SystemTime> {
    let bytes = text.as_bytes();
    let is_form = bytes.len() == 16 && bytes.get(8) == Some(&b'T') && bytes.get(15) == Some(&b'Z');
    let number = |from: usize, to: usize| -> Option<u64> {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
        digits.parse().ok()
    };
    if !is_form {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
    let is_real = year >= 1970 && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !is_real || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let days_before_year = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    let days_before_month: u64 = (1..month).map(|month| days_of(year, month)).sum();
    let days = days_before_year + days_before_month + day - 1;
    UNIX_EPOCH.checked_add(Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}

/// Days of a month in the Gregorian calendar.
const fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(400) || (year.is_multiple_of(4) && !year.is_multiple_of(100)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Parameters by name, decoded; of one name the last.
fn decoded(query: Option<&str>) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Parameter::all(query).map(|parameter| (text(&parameter.name()), text(&parameter.value()))).collect()
}

/// The text that is signed.
fn signed_text(path: &str, parameters: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// The signature in hexadecimal. HMAC takes keys of every length; were there one that it refused, nothing would match.
fn digest(text: &str, key: &[u8]) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(hex::encode(mac.chain_update(text.as_bytes()).finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(["new", "old"]).unwrap()
    }

    #[test]
    fn moments_are_real_dates() {
        for (text, seconds) in [
            ("19700101T000000Z", Some(0)),
            ("19700102T120304Z", Some(129_784)),
            ("20000229T235959Z", Some(951_868_799)),
            ("20300101T000000Z", Some(1_893_456_000)),
            ("20300231T000000Z", None),
            ("21000229T000000Z", None),
            ("20301301T000000Z", None),
            ("20300101T240000Z", None),
            ("2030-01-01", None),
            ("20300101t000000Z", None),
            ("2030010+T000000Z", None),
            ("19691231T235959Z", None),
            ("", None),
        ] {
            assert_eq!(moment(text), seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_signed_verifies_in_any_order_of_parameters() {
        let signature = sign("/a%20b.jpg", Some("width=1&a=%20x"), &keys());
        assert_eq!(signature.len(), 64);
        for query in ["a=%20x&width=1&signature=", "signature=0&a=1&width=1&a=%20x&signature="] {
            let query = format!("{query}{signature}");
            assert_eq!(verify("/a%20b.jpg", Some(&query), Some(&keys())), Ok(None), "{query}");
        }
        let old = Keys::new(["old"]).unwrap();
        let query = format!("signature={}", sign("/a", None, &old));
        assert_eq!(verify("/a", Some(&query), Some(&keys())), Ok(None));
    }

    #[test]
    fn what_is_not_signed_is_refused() {
        let signature = sign("/a.jpg", Some("width=1"), &keys());
        assert_eq!(verify("/a.jpg", Some("width=1"), Some(&keys())), Err(Error::SignatureMissing));
        let upper = signature.to_uppercase();
        for query in [
            format!("width=2&signature={signature}"),
            format!("width=1&x=1&signature={signature}"),
            format!("width=1&signature={upper}"),
            "width=1&signature=".to_owned(),
        ] {
            assert_eq!(verify("/a.jpg", Some(&query), Some(&keys())), Err(Error::SignatureWrong), "{query}");
        }
        assert_eq!(
            verify("/b.jpg", Some(&format!("width=1&signature={signature}")), Some(&keys())),
            Err(Error::SignatureWrong)
        );
    }

    #[test]
    fn urls_expire() {
        let now = UNIX_EPOCH + Duration::from_secs(100);
        let at = |expires: &str| verify_at("/a", Some(&format!("expires={expires}")), None, now);
        assert_eq!(at("19700101T000141Z"), Ok(Some(Duration::from_secs(1))));
        assert_eq!((at("19700101T000140Z"), at("soon")), (Err(Error::Expired), Err(Error::Expiry)));
        assert_eq!(verify_at("/a", None, None, now), Ok(None));
    }
}
