use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use http::HeaderName;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// The header with the signature: `t=SECONDS,v1=HEX`, where `HEX` is the HMAC-SHA256 of `SECONDS.BODY` and `SECONDS` when
/// it was signed, since 1970. With several secrets there is one `v1` for each.
pub const SIGNATURE: HeaderName = HeaderName::from_static("lightmill-signature");

/// The value of [`SIGNATURE`] for `body`, signed with each of `secrets`.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a str>, now: SystemTime, body: &[u8]) -> String {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut value = format!("t={seconds}");
    for mac in secrets.into_iter().filter_map(|secret| mac(secret, seconds, body)) {
        value.extend([",v1=", &mac]);
    }
    value
}

/// Whether `value` is a signature of `body` with `secret`, made at most `age` before or after `now`: an older one may be a
/// delivery that somebody has kept.
///
/// ```
/// use std::time::{Duration, SystemTime, UNIX_EPOCH};
/// use lightmill_jobs::webhook::verify;
///
/// let value = "t=1700000000,v1=b672916456466a55a6dda4283445282c5e3ade7ff6339364d538903a5870a224";
/// let now = UNIX_EPOCH + Duration::from_secs(1_700_000_060);
/// let age = Duration::from_mins(5);
/// assert!(verify("a secret of the webhook", value, br#"{"id":"1"}"#, now, age));
/// assert!(!verify("a secret of the webhook", value, br#"{"id":"2"}"#, now, age));
/// assert!(!verify("a secret of the webhook", value, br#"{"id":"1"}"#, SystemTime::now(), age));
/// ```
pub fn verify(secret: &str, value: &str, body: &[u8], now: SystemTime, age: Duration) -> bool {
    let fields = || value.split(',').filter_map(|field| field.split_once('='));
    let seconds = fields().find(|(name, _)| *name == "t").and_then(|(_, seconds)| seconds.parse().ok());
    let Some(seconds) = seconds else { return false };
    let Some(signed) = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) else { return false };
    let apart = now.duration_since(signed).unwrap_or_else(|error| error.duration());
    let Some(expected) = mac(secret, seconds, body).filter(|_| apart <= age) else { return false };
    let given = fields().filter(|(name, _)| *name == "v1").map(|(_, mac)| mac.as_bytes());
    given.fold(Choice::from(0), |any, given| any | given.ct_eq(expected.as_bytes())).into()
}

fn mac(secret: &str, seconds: u64, body: &[u8]) -> Option<String> {
    // It takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(hex::encode(mac.finalize().into_bytes()))
}
