//! Signatures of Standard Webhooks 1.0.0: HMAC-SHA256, symmetric (`v1`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::HeaderName;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::SigningSecret;

/// The header with the name of what is told, the same for each attempt: by it a server knows that it was told before.
pub const ID: HeaderName = HeaderName::from_static("webhook-id");

/// The header with when this attempt was signed, in seconds since 1970.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");

/// The header with the signatures: `v1,BASE64` of the HMAC-SHA256 of `ID.TIMESTAMP.BODY`, one for each secret, with blanks
/// between them.
pub const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What stands before a signature of this kind.
const VERSION: &str = "v1,";

/// The value of [`SIGNATURE`] for what is called `id`, signed with each of `secrets`, `seconds` after 1970.
pub fn sign<'a>(secrets: impl IntoIterator<Item = &'a SigningSecret>, id: &str, seconds: u64, body: &[u8]) -> String {
    let signed = |secret| mac(secret, id, &seconds.to_string(), body).map(|mac| format!("{VERSION}{mac}"));
    secrets.into_iter().filter_map(signed).collect::<Vec<_>>().join(" ")
}

/// The headers of a delivery, by which it is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers<'a> {
    /// The value of [`ID`].
    pub id: &'a str,
    /// The value of [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// The value of [`SIGNATURE`].
    pub signature: &'a str,
}

/// Whether `headers` sign `body` with `secret`, at most `age` before or after `now`: an older one may be a delivery that
/// somebody has kept.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use lightmill_jobs::webhook::{Headers, SigningSecret, verify};
///
/// let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let headers = Headers {
///     id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
///     timestamp: "1614265330",
///     signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
/// };
/// let now = UNIX_EPOCH + Duration::from_secs(1_614_265_390);
/// let age = Duration::from_mins(5);
/// assert!(verify(&secret, headers, br#"{"test": 2432232314}"#, now, age));
/// assert!(!verify(&secret, headers, br#"{"test": 2432232315}"#, now, age));
/// assert!(!verify(&secret, headers, br#"{"test": 2432232314}"#, now + age, age));
/// # Ok::<(), lightmill_jobs::webhook::SigningSecretError>(())
/// ```
pub fn verify(secret: &SigningSecret, headers: Headers<'_>, body: &[u8], now: SystemTime, age: Duration) -> bool {
    let Headers { id, timestamp, signature } = headers;
    let Ok(seconds) = timestamp.parse() else { return false };
    let Some(signed) = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) else { return false };
    let apart = now.duration_since(signed).unwrap_or_else(|error| error.duration());
    let Some(expected) = mac(secret, id, timestamp, body).filter(|_| apart <= age) else { return false };
    let given = signature.split(' ').filter_map(|one| one.strip_prefix(VERSION));
    given.fold(Choice::from(0), |any, given| any | given.as_bytes().ct_eq(expected.as_bytes())).into()
}

fn mac(secret: &SigningSecret, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    // It takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_signed_as_published() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signed = sign([&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_what_was_signed_lately_with_a_known_secret_is_believed() {
        let [known, other] =
            [[1; 24], [2; 24]].map(|bytes| SigningSecret::parse(&format!("whsec_{}", STANDARD.encode(bytes))).unwrap());
        let (seconds, age) = (1_700_000_000, Duration::from_mins(5));
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        let signature = sign([&other, &known], "id", seconds, b"body");
        let headers = Headers { id: "id", timestamp: "1700000000", signature: &signature };
        for secret in [&known, &other] {
            assert!(verify(secret, headers, b"body", now + age, age));
            assert!(verify(secret, headers, b"body", now - age, age));
            assert!(!verify(secret, headers, b"body", now + age + Duration::from_secs(1), age));
            assert!(!verify(secret, headers, b"bode", now, age));
        }
        let later = "1700000001";
        for broken in [
            Headers { id: "ie", ..headers },
            Headers { timestamp: later, ..headers },
            Headers { timestamp: "", ..headers },
            Headers { timestamp: "18446744073709551615", ..headers },
            Headers { signature: "", ..headers },
            Headers { signature: "v1,", ..headers },
            Headers { signature: &signature.replace("v1,", "v2,"), ..headers },
            Headers { signature: &signature.replace(' ', ","), ..headers },
        ] {
            assert!(!verify(&known, broken, b"body", now, age), "{broken:?}");
        }
    }
}
