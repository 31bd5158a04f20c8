//! Secrets that are shown, not signed with: tokens, and what all secrets need to be read.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use lightmill_store::Secret;
use lightmill_store::secrets::{Keyring, SecretError};
use subtle::{Choice, ConstantTimeEq};

use crate::config::{Mistake, Mistakes};
use crate::errors::Problem;

/// Bytes of a token; a shorter one could be guessed.
pub const LEAST_BYTES: usize = 8;

/// Secrets of which whoever changes something must show one.
#[derive(Debug, Clone)]
pub struct Tokens(Arc<Keyring>);

impl Tokens {
    /// Any of what `keyring` holds.
    pub fn new(keyring: Arc<Keyring>) -> Self {
        Self(keyring)
    }

    /// Where they are, and what they are.
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.0
    }

    /// Whether `given` is one of them. Where it is not, they are read again first: it may be newer than what is known. How
    /// long that takes tells nothing but lengths.
    pub async fn admit(&self, given: &[u8]) -> bool {
        let held = self.0.secrets();
        if is_among(&held, given) {
            return true;
        }
        let renewed = self.0.renewed().await;
        !Arc::ptr_eq(&held, &renewed) && is_among(&renewed, given)
    }
}

/// Who may change something.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever shows one of these.
    Tokens(Tokens),
    /// Whoever reaches the service.
    Everyone,
}

impl Access {
    /// Whether whoever sent `headers` may.
    ///
    /// # Errors
    /// [`Problem::Unauthorized`] if not.
    pub async fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let is_admitted = match (self, bearer(headers)) {
            (Self::Everyone, _) => true,
            (Self::Tokens(tokens), Some(token)) => tokens.admit(token).await,
            (Self::Tokens(_), None) => false,
        };
        if is_admitted { Ok(()) } else { Err(Problem::Unauthorized) }
    }

    /// The tokens, if there are any.
    pub fn tokens(&self) -> Option<&Tokens> {
        if let Self::Tokens(tokens) = self { Some(tokens) } else { None }
    }
}

/// The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

fn is_among(secrets: &[Secret], given: &[u8]) -> bool {
    // What is too short was not meant as a token, wherever it was read.
    let known = secrets.iter().filter(|secret| secret.reveal().len() >= LEAST_BYTES);
    known.fold(Choice::from(0), |any, secret| any | secret.reveal().as_bytes().ct_eq(given)).into()
}

/// Reads keyrings, each with a name for what it is for, as it is done before the first request.
///
/// # Errors
/// Everything that never could be read.
pub async fn read(keyrings: &[(String, Arc<Keyring>)]) -> Result<(), Mistakes> {
    let mut mistakes = Vec::new();
    for (name, keyring) in keyrings {
        let errors = keyring.refresh().await;
        if keyring.is_complete().await {
            log(&errors);
            continue;
        }
        let mistake = |error: SecretError| Mistake { key: name.clone(), value: None, problem: error.to_string() };
        mistakes.extend(errors.into_iter().map(mistake));
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Mistakes(mistakes)) }
}

/// Reads files again that have changed, and what services hold if that was last read more than `every` ago.
pub async fn refresh(keyrings: &[(String, Arc<Keyring>)], every: Duration) {
    for (_, keyring) in keyrings {
        log(&keyring.refresh_if_due(every).await);
    }
}

fn log(errors: &[SecretError]) {
    for error in errors {
        tracing::warn!(%error, "what a secret was before stays valid");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_tokens_are_admitted() {
        let secrets = ["first-token-0123", "second-token-012", "short"].map(Secret::new);
        let admits = |value: &str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            bearer(&headers).is_some_and(|token| is_among(&secrets, token))
        };
        assert!(admits("Bearer first-token-0123") && admits("bearer second-token-012"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer first-token-012",
            "Basic first-token-0123",
            "first-token-0123",
            "Bearer short",
        ] {
            assert!(!admits(wrong), "{wrong}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
