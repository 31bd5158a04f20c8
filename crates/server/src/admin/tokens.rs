use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq};

/// Secrets of which one must come as `Authorization: Bearer TOKEN` (RFC 6750, section 2.1). No log shows them.
#[derive(Clone, Default)]
pub struct Tokens(Arc<[String]>);

impl Tokens {
    /// Shorter ones could be guessed.
    pub const LEAST_BYTES: usize = 16;

    /// Any of these.
    pub fn new(tokens: Vec<String>) -> Self {
        Self(tokens.into())
    }

    /// Whether nobody can have one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a request with these headers has one. How long that takes tells nothing but lengths.
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes).unwrap_or_default();
        let Some((scheme, token)) = given.split_at_checked(b"Bearer ".len()) else { return false };
        let same = self.0.iter().map(|known| known.as_bytes().ct_eq(token));
        scheme.eq_ignore_ascii_case(b"bearer ") && bool::from(same.fold(Choice::from(0), |any, this| any | this))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tokens", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_tokens_are_admitted() {
        let tokens = Tokens::new(vec!["first-token-0123".into(), "second-token-012".into()]);
        let admits = |value: &str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            assert!(!Tokens::default().admit(&headers));
            tokens.admit(&headers)
        };
        assert!(admits("Bearer first-token-0123") && admits("bearer second-token-012"));
        for wrong in ["", "Bearer", "Bearer ", "Bearer first-token-012", "Basic first-token-0123", "first-token-0123"] {
            assert!(!admits(wrong), "{wrong}");
        }
        assert!(!tokens.admit(&HeaderMap::new()));
        assert_eq!(format!("{tokens:?}"), "2 tokens");
    }
}
