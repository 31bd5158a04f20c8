//! The signature in the path: an HMAC (RFC 2104) of everything behind it, in base64url with padding.
//!
//! What is signed is the text exactly as it is sent, percent-escapes kept, without the leading slash and the query.
//! Thumbor uses SHA-1; imagor SHA-1, SHA-256 or SHA-512, of which it may take only the first letters. Thumbor decodes
//! the signature in the path first; imagor takes it as it is, but tries once more with the whole path decoded.

use std::num::NonZeroUsize;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use hmac::{Hmac, Mac};
use percent_encoding::percent_decode_str;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq};

use super::{Flavour, text, url};
use crate::signature::Keys;
use crate::{Error, ErrorKind};

/// Which hash an HMAC is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// SHA-1: 28 letters.
    #[default]
    Sha1,
    /// SHA-256: 44 letters.
    Sha256,
    /// SHA-512: 88 letters.
    Sha512,
}

/// How a mount's URLs are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scheme {
    /// The hash.
    pub algorithm: Algorithm,
    /// So many letters of the signature at the most; `None`: all.
    pub letters: Option<NonZeroUsize>,
}

/// Why a path is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Refusal {
    /// What is wrong.
    pub problem: Problem,
    /// Which server's status is answered: Thumbor's 400, imagor's 403.
    pub flavour: Flavour,
}

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is none.
    #[error("the URL has no signature: its path must begin with a signature of what follows")]
    Missing,
    /// The path begins with an option, which was taken for the signature.
    #[error(
        "the first part of the path is read as a signature, but looks like an option: put a signature of the whole path \
         before it"
    )]
    LooksUnsigned,
    /// `unsafe`, where the mount demands signatures.
    #[error("unsigned URLs are not allowed here: put a signature in the place of `unsafe`")]
    UnsafeRefused,
    /// It belongs to another URL or to another key.
    #[error("url signature mismatch")]
    Wrong,
}

impl Refusal {
    /// The kind of answer.
    pub const fn kind(&self) -> ErrorKind {
        match self.flavour {
            Flavour::Thumbor => ErrorKind::BadRequest,
            Flavour::Imagor => ErrorKind::Forbidden,
        }
    }
}

/// The signature of `path` with the first key. `path` is as on the wire, without `unsafe` and without leading slashes.
pub fn signature(path: &str, keys: &Keys, scheme: Scheme) -> String {
    keys.all().first().map(|key| digest(path, key, scheme)).unwrap_or_default()
}

/// The signed path for `path`, which may begin with `/`, `unsafe/` or both.
pub fn sign(path: &str, keys: &Keys, scheme: Scheme) -> String {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("unsafe/").unwrap_or(path);
    format!("/{}/{path}", signature(path, keys, scheme))
}

/// What a mount demands of its paths.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// The keys of which one must have signed; without any no signature is right.
    pub keys: Option<&'a Keys>,
    /// How they sign.
    pub scheme: Scheme,
    /// Whose grammar and statuses.
    pub flavour: Flavour,
    /// Whether `unsafe` in the place of a signature is right.
    pub allow_unsafe: bool,
}

/// Whether the path is let through by `rule`. Every key is tried, and a comparison takes the same time whatever the
/// signature says.
pub fn verify(path: &str, rule: &Rule<'_>) -> Result<(), Error> {
    let flavour = rule.flavour;
    let problem = match parts(path, flavour) {
        Signed::Nothing => Problem::Missing,
        Signed::Unsafe if rule.allow_unsafe => return Ok(()),
        Signed::Unsafe => Problem::UnsafeRefused,
        Signed::By(given, text) => {
            let given = match flavour {
                Flavour::Thumbor => percent_decode_str(given).collect(),
                Flavour::Imagor => given.as_bytes().to_vec(),
            };
            match rule.keys {
                Some(keys) if matches(&given, text, keys, rule.scheme) => return Ok(()),
                Some(keys) if flavour == Flavour::Imagor && matches_decoded(path, keys, rule.scheme) => return Ok(()),
                _ if flavour == Flavour::Thumbor && url::is_option(given.as_slice()) => Problem::LooksUnsigned,
                _ => Problem::Wrong,
            }
        }
    };
    Err(Error::PathSignature(Refusal { problem, flavour }))
}

/// A path, cut behind its signature.
enum Signed<'a> {
    Nothing,
    Unsafe,
    By(&'a str, &'a str),
}

fn parts(path: &str, flavour: Flavour) -> Signed<'_> {
    let (first, rest) = match flavour {
        Flavour::Thumbor => match url::signature(path.strip_prefix('/').unwrap_or(path)) {
            Some(parts) => parts,
            None => return Signed::Nothing,
        },
        Flavour::Imagor => {
            let path = path.trim_start_matches('/');
            match path.strip_prefix("params/").unwrap_or(path).split_once('/') {
                Some(parts) => parts,
                None => return Signed::Nothing,
            }
        }
    };
    match flavour {
        _ if first == "unsafe" => Signed::Unsafe,
        Flavour::Imagor if !url::is_signature(first) => Signed::Nothing,
        _ => Signed::By(first, rest),
    }
}

/// imagor's second try: the whole path decoded, with `+` for a space.
fn matches_decoded(path: &str, keys: &Keys, scheme: Scheme) -> bool {
    let decoded = text::query_unescape(path);
    let parts = parts(&decoded, Flavour::Imagor);
    matches!(parts, Signed::By(given, text) if matches(given.as_bytes(), text, keys, scheme))
}

fn matches(given: &[u8], text: &str, keys: &Keys, scheme: Scheme) -> bool {
    let matches = keys
        .all()
        .iter()
        .fold(Choice::from(0), |matches, key| matches | digest(text, key, scheme).as_bytes().ct_eq(given));
    bool::from(matches)
}

fn digest(text: &str, key: &[u8], scheme: Scheme) -> String {
    let bytes = match scheme.algorithm {
        Algorithm::Sha1 => mac::<Hmac<Sha1>>(text, key),
        Algorithm::Sha256 => mac::<Hmac<Sha256>>(text, key),
        Algorithm::Sha512 => mac::<Hmac<Sha512>>(text, key),
    };
    let mut signature = URL_SAFE.encode(bytes);
    // The letters are ASCII: every length is a boundary.
    signature.truncate(scheme.letters.map_or(usize::MAX, NonZeroUsize::get));
    signature
}

/// HMAC takes keys of every length; were there one that it refused, the bytes would match no signature of ours.
fn mac<M: Mac + hmac::digest::KeyInit>(text: &str, key: &[u8]) -> Vec<u8> {
    <M as Mac>::new_from_slice(key)
        .map(|mac| mac.chain_update(text.as_bytes()).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
