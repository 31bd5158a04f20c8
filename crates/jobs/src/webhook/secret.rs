use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands before the Base64 of a secret.
const PREFIX: &str = "whsec_";

/// Bytes of a secret.
const LEAST: usize = 24;
const MOST: usize = 64;

/// What deliveries are signed with: 24 to 64 bytes, written as `whsec_` and their Base64 (Standard Webhooks 1.0.0,
/// symmetric signatures).
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Why a text is no secret that signs. It shows nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningSecretError {
    /// It does not say that it is one.
    #[error(
        "a secret of webhooks is `whsec_` and the Base64 of {LEAST} to {MOST} bytes; this one does not begin with `whsec_`"
    )]
    NoPrefix,
    /// What follows is something else.
    #[error("what follows `whsec_` is no Base64 (RFC 4648, section 4, padded with `=`)")]
    NoBase64,
    /// It is too short to be safe, or longer than receivers take.
    #[error("a secret of webhooks has {LEAST} to {MOST} bytes; the Base64 behind `whsec_` has {0}")]
    Length(usize),
}

impl SigningSecret {
    /// Reads `whsec_BASE64`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, SigningSecretError> {
        let base64 = text.strip_prefix(PREFIX).ok_or(SigningSecretError::NoPrefix)?;
        let bytes = STANDARD.decode(base64).map_err(|_| SigningSecretError::NoBase64)?;
        if (LEAST..=MOST).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(SigningSecretError::Length(bytes.len()))
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("whsec_…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: usize) -> String {
        format!("{PREFIX}{}", STANDARD.encode(vec![7; bytes]))
    }

    #[test]
    fn secrets_have_24_to_64_bytes() {
        for bytes in [24, 32, 64] {
            assert!(SigningSecret::parse(&of(bytes)).is_ok(), "{bytes}");
        }
        for bytes in [0, 8, 23, 65] {
            assert_eq!(SigningSecret::parse(&of(bytes)), Err(SigningSecretError::Length(bytes)));
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_text() {
        for (text, error) in [
            ("", SigningSecretError::NoPrefix),
            ("a secret of another kind", SigningSecretError::NoPrefix),
            ("WHSEC_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH", SigningSecretError::NoPrefix),
            ("whsec_not Base64 at all, nowhere near it", SigningSecretError::NoBase64),
            ("whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw", SigningSecretError::NoBase64),
        ] {
            assert_eq!(SigningSecret::parse(text), Err(error), "{text}");
            assert!(!error.to_string().contains("another kind"));
        }
        assert!(!format!("{:?}", SigningSecret::parse(&of(32))).contains("Bwc"));
    }
}
