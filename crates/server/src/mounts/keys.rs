use std::sync::Arc;
use std::time::SystemTime;

use lightmill_dialects::signature::{self, Keys};
use lightmill_dialects::thumbor::signature::Rule;
use lightmill_dialects::{self as dialects, dit, thumbor};
use lightmill_store::secrets::Keyring;
use lightmill_store::{self as store, Secret};

use super::{Language, Mount, Table};
use crate::config::Mistakes;
use crate::errors::Problem;
use crate::tokens;

/// The keys of which one must have signed every request to a mount.
#[derive(Debug, Clone)]
pub struct Guard(Arc<Keyring>);

impl Guard {
    pub(crate) fn new(keyring: Arc<Keyring>) -> Self {
        Self(keyring)
    }

    /// The keys that hold now.
    fn keys(&self) -> Result<Keys, Problem> {
        known(&self.0.secrets())
    }

    /// Whether `verify` is content with one of the keys. Where it is not, they are read again first: the key may be newer
    /// than what is known.
    async fn verify(&self, verify: impl Fn(&Keys) -> Result<(), dialects::Error>) -> Result<(), Problem> {
        let held = self.0.secrets();
        let verdict = known(&held).and_then(|keys| Ok(verify(&keys)?));
        if !verdict.as_ref().is_err_and(is_of_the_key) {
            return verdict;
        }
        let renewed = self.0.renewed().await;
        if Arc::ptr_eq(&held, &renewed) {
            return verdict;
        }
        Ok(verify(&known(&renewed)?)?)
    }
}

/// Whether another key could be content.
fn is_of_the_key(problem: &Problem) -> bool {
    use dialects::thumbor::signature::{Problem as Of, Refusal};
    let Problem::Mill(lightmill_mill::Error::Dialect(error)) = problem else { return false };
    matches!(
        error,
        dialects::Error::SignatureWrong
            | dialects::Error::Dit(dit::Error::SignatureWrong)
            | dialects::Error::PathSignature(Refusal { problem: Of::Wrong, .. })
    )
}

impl Mount {
    /// Whether the URL may be asked for: in languages with signatures of their own it has one of these, or says that it has
    /// none where that is allowed; in others `lm-signature`, if the mount has keys. `within` is the path below the mount.
    /// When the URL ends, if it says so.
    pub(super) async fn verify(
        &self,
        path: &str,
        within: &str,
        query: Option<&str>,
    ) -> Result<Option<SystemTime>, Problem> {
        match (self.language.of(within, query), &self.keys) {
            (Language::Dit(_), keys) => {
                if let Some(guard) = keys {
                    guard.verify(|keys| Ok(dit::access::verify(within, query, Some(keys)).map(drop)?)).await?;
                }
                let left = dit::access::verify(within, query, None).map_err(dialects::Error::from)?;
                return Ok(left.and_then(|left| SystemTime::now().checked_add(left)));
            }
            (Language::Thumbor(thumbor), keys) => {
                let rule = Rule {
                    keys: None,
                    scheme: thumbor.scheme,
                    flavour: thumbor.options.flavour,
                    allow_unsafe: thumbor.allow_unsafe,
                };
                match keys {
                    Some(guard) => {
                        let verify =
                            |keys: &Keys| thumbor::signature::verify(within, &Rule { keys: Some(keys), ..rule });
                        guard.verify(verify).await?;
                    }
                    None => thumbor::signature::verify(within, &rule)?,
                }
            }
            (_, Some(guard)) => {
                guard.verify(|keys| signature::verify(path, query, keys)).await?;
                return Ok(signature::expires_at(query));
            }
            (_, None) => {}
        }
        Ok(None)
    }

    /// Path and query with the signature of this mount. `within` is the path below it.
    pub(super) fn signed(&self, path: &str, within: &str, query: Option<&str>) -> Result<String, Problem> {
        let keys = self.keys.as_ref().ok_or(Problem::NoKeys)?.keys()?;
        match self.language.of(within, query) {
            Language::Thumbor(thumbor) => {
                let signed = thumbor::signature::sign(within, &keys, thumbor.scheme);
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                Ok(format!("{}{signed}{query}", self.path.trim_end_matches('/')))
            }
            Language::Dit(_) => {
                let signature = dit::access::sign(within, query, &keys);
                let query =
                    query.filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
                Ok(format!("{path}?{query}{}={signature}", dit::access::SIGNATURE))
            }
            _ => Ok(format!("{path}?{}", signature::sign(path, query, &keys))),
        }
    }
}

impl Table {
    /// Reads the keys of all mounts, as it is done before the first request.
    ///
    /// # Errors
    /// Every key that never could be read.
    pub async fn read_keys(&self) -> Result<(), Mistakes> {
        tokens::read(&self.keyrings()).await
    }

    /// The keys of all mounts, and what they are for.
    pub(crate) fn keyrings(&self) -> Vec<(String, Arc<Keyring>)> {
        let of = |what: &str, mount: &Mount, keyring: &Arc<Keyring>| {
            (format!("{what} of the mount {}", mount.name), Arc::clone(keyring))
        };
        let all = self.iter().flat_map(|mount| {
            let keys = mount.keys.as_ref().map(|keys| of("keys", mount, &keys.0));
            let tokens = mount.tokens.as_ref().map(|tokens| of("save.tokens", mount, tokens.keyring()));
            let uploads = mount.uploads.as_ref().and_then(|uploads| uploads.access.tokens());
            let uploads = uploads.map(|tokens| of("uploads.tokens", mount, tokens.keyring()));
            let blacklist = mount.blacklist.as_ref().and_then(|list| list.access.as_ref()?.tokens());
            let blacklist = blacklist.map(|tokens| of("blacklist.tokens", mount, tokens.keyring()));
            keys.into_iter().chain(tokens).chain(uploads).chain(blacklist)
        });
        all.collect()
    }
}

fn known(secrets: &[Secret]) -> Result<Keys, Problem> {
    let keys = Keys::new(secrets.iter().map(Secret::reveal));
    keys.ok_or_else(|| Problem::Mill(store::Error::unavailable("the keys of the mount are not known").into()))
}
