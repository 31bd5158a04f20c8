use lightmill_recipe::{Format, Pixels};

use super::{Error, Options, Rewrite, RewriteError};
use crate::sharp::Json;
use crate::signature::Keys;

/// What the reference server's environment says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How requests are read.
    pub options: Options,
    /// Where the key of signatures is, if URLs must be signed (`ENABLE_SIGNATURE`).
    pub secret: Option<Secret>,
    /// What is answered instead of an error (`ENABLE_DEFAULT_FALLBACK_IMAGE`).
    pub fallback: Option<Fallback>,
    /// Who may read answers from another origin (`CORS_ENABLED`).
    pub cors: Option<Cors>,
    /// Pixels of a source (`SHARP_SIZE_LIMIT`).
    pub max_pixels: Option<Pixels>,
}

/// Where the key of signatures is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Name of the secret in AWS Secrets Manager, whose text is JSON (`SECRETS_MANAGER`).
    pub name: String,
    /// The member of that JSON (`SECRET_KEY`).
    pub member: String,
}

/// A stored picture, sent as it is with the error's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// Its bucket, which need not be on the list.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

/// The value of `Access-Control-Allow-Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// An origin, or `*`.
    pub origin: String,
}

/// What is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable is missing.
    #[error("{0} must be set")]
    Missing(&'static str),
    /// A variable is not what it should be.
    #[error("{0} must be {1}")]
    Value(&'static str, &'static str),
    /// The rewriting of paths.
    #[error("REWRITE_MATCH_PATTERN: {0}")]
    Rewrite(#[from] RewriteError),
}

impl Secret {
    /// The key in the secret's text.
    ///
    /// # Errors
    /// [`Error::SignatureUnavailable`], if the text is not JSON with that member, or the member is empty.
    pub fn keys(&self, text: &str) -> Result<Keys, Error> {
        let json: Json = serde_json::from_str(text).map_err(|_| Error::SignatureUnavailable)?;
        let Some(Json::Text(key)) = json.member(&self.member) else { return Err(Error::SignatureUnavailable) };
        Keys::new([key.as_str()]).ok_or(Error::SignatureUnavailable)
    }
}

impl Settings {
    /// Reads the environment by the reference server's names; `get` gives the value of a variable.
    ///
    /// # Errors
    /// Every mistake at once.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingsError>> {
        let mut errors = Vec::new();
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let mut switch = |name: &'static str| match get(name).as_deref() {
            None | Some("No") => false,
            Some("Yes") => true,
            Some(_) => {
                errors.push(SettingsError::Value(name, "Yes or No"));
                false
            }
        };
        let (webp, signed) = (switch("AUTO_WEBP"), switch("ENABLE_SIGNATURE"));
        let (cors, falls_back) = (switch("CORS_ENABLED"), switch("ENABLE_DEFAULT_FALLBACK_IMAGE"));
        let mut needed = |name: &'static str| {
            get(name).unwrap_or_else(|| {
                errors.push(SettingsError::Missing(name));
                String::new()
            })
        };
        let buckets = needed("SOURCE_BUCKETS");
        let secret = signed.then(|| Secret { name: needed("SECRETS_MANAGER"), member: needed("SECRET_KEY") });
        let fallback = falls_back.then(|| Fallback {
            bucket: needed("DEFAULT_FALLBACK_IMAGE_BUCKET"),
            key: needed("DEFAULT_FALLBACK_IMAGE_KEY"),
        });
        let rewrite = match (get("REWRITE_MATCH_PATTERN"), get("REWRITE_SUBSTITUTION")) {
            (Some(pattern), Some(substitution)) => {
                Rewrite::new(&pattern, &substitution).map_err(|error| errors.push(error.into())).ok()
            }
            _ => None,
        };
        let cors = cors.then(|| Cors { origin: get("CORS_ORIGIN").unwrap_or_else(|| "*".to_owned()) });
        // The reference server takes what is no number for its default.
        let max_pixels = get("SHARP_SIZE_LIMIT").and_then(|limit| limit.trim().parse().ok()).map(Pixels);
        if !errors.is_empty() {
            return Err(errors);
        }
        let options = Options {
            buckets: bucket_names(&buckets),
            rewrite,
            negotiate: if webp { vec![Format::WebP] } else { Vec::new() },
            ..Options::default()
        };
        Ok(Self { options, secret, fallback, cors, max_pixels })
    }
}

/// Names between commas, without any white space.
fn bucket_names(text: &str) -> Vec<String> {
    let names = text.split(',').map(|name| name.chars().filter(|c| !c.is_whitespace()).collect::<String>());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Vec<SettingsError>> {
        Settings::read(|name| values.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn everything_is_read() {
        let settings = read(&[
            ("SOURCE_BUCKETS", "a, b ,c d"),
            ("AUTO_WEBP", "Yes"),
            ("ENABLE_SIGNATURE", "Yes"),
            ("SECRETS_MANAGER", "dit-secret"),
            ("SECRET_KEY", "dit-key"),
            ("ENABLE_DEFAULT_FALLBACK_IMAGE", "Yes"),
            ("DEFAULT_FALLBACK_IMAGE_BUCKET", "f"),
            ("DEFAULT_FALLBACK_IMAGE_KEY", "k.png"),
            ("CORS_ENABLED", "Yes"),
            ("SHARP_SIZE_LIMIT", "1000"),
            ("REWRITE_MATCH_PATTERN", "/a/g"),
            ("REWRITE_SUBSTITUTION", "b"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.options.buckets, ["a", "b", "cd"]);
        assert_eq!(settings.options.negotiate, [Format::WebP]);
        assert!(settings.options.rewrite.is_some());
        assert_eq!(settings.fallback, Some(Fallback { bucket: "f".to_owned(), key: "k.png".to_owned() }));
        assert_eq!(settings.cors, Some(Cors { origin: "*".to_owned() }));
        assert_eq!(settings.max_pixels, Some(Pixels(1000)));
        let secret = settings.secret.unwrap();
        assert!(secret.keys(r#"{"dit-key":"test-signing-secret"}"#).is_ok());
        for text in ["not json", "{}", r#"{"dit-key":""}"#] {
            assert_eq!(secret.keys(text).err(), Some(Error::SignatureUnavailable), "{text}");
        }
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let errors = read(&[("AUTO_WEBP", "true"), ("ENABLE_SIGNATURE", "Yes"), ("SECRET_KEY", "k")]).unwrap_err();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["AUTO_WEBP must be Yes or No", "SOURCE_BUCKETS must be set", "SECRETS_MANAGER must be set"]);
    }
}
