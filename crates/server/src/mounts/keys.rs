use std::sync::Arc;
use std::time::Duration;

use lightmill_dialects::{
    self as dialects,
    signature::{self, Keys},
};
use lightmill_store::secrets::{Keyring, SecretError};
use lightmill_store::{self as store, Secret};

use super::Table;
use crate::config::{Mistake, Mistakes};
use crate::errors::Problem;

/// The keys of which one must have signed every request to a mount.
#[derive(Debug, Clone)]
pub struct Guard(Arc<Keyring>);

impl Guard {
    pub(crate) fn new(keyring: Arc<Keyring>) -> Self {
        Self(keyring)
    }

    /// Where the keys are, and what they are.
    pub(crate) fn keyring(&self) -> &Arc<Keyring> {
        &self.0
    }

    /// The keys that hold now.
    pub(super) fn keys(&self) -> Result<Keys, Problem> {
        known(&self.0.secrets())
    }

    /// Whether the URL is signed with one of the keys. Where it is not, they are read again first: the key may be newer
    /// than what is known.
    pub(super) async fn verify(&self, path: &str, query: Option<&str>) -> Result<(), Problem> {
        let held = self.0.secrets();
        let verdict = known(&held).and_then(|keys| Ok(signature::verify(path, query, &keys)?));
        let Err(Problem::Mill(lightmill_mill::Error::Dialect(dialects::Error::SignatureWrong))) = verdict else {
            return verdict;
        };
        let renewed = self.0.renewed().await;
        if Arc::ptr_eq(&held, &renewed) {
            return verdict;
        }
        Ok(signature::verify(path, query, &known(&renewed)?)?)
    }
}

impl Table {
    /// Reads the keys of all mounts, as it is done before the first request.
    ///
    /// # Errors
    /// Every key that never could be read.
    pub async fn read_keys(&self) -> Result<(), Mistakes> {
        let mut mistakes = Vec::new();
        for (name, keyring) in self.keyrings() {
            let errors = keyring.refresh().await;
            if keyring.is_complete().await {
                log(&errors);
                continue;
            }
            mistakes.extend(errors.into_iter().map(|error| Mistake {
                key: format!("keys of the mount {name}"),
                value: None,
                problem: error.to_string(),
            }));
        }
        if mistakes.is_empty() { Ok(()) } else { Err(Mistakes(mistakes)) }
    }

    /// Reads keys in files that have changed, and those of services that were last read more than `every` ago.
    pub async fn refresh_keys(&self, every: Duration) {
        for (_, keyring) in self.keyrings() {
            log(&keyring.refresh_if_due(every).await);
        }
    }

    fn keyrings(&self) -> impl Iterator<Item = (&str, &Arc<Keyring>)> {
        self.iter().filter_map(|mount| Some((&*mount.name, &mount.keys.as_ref()?.0)))
    }
}

fn log(errors: &[SecretError]) {
    for error in errors {
        tracing::warn!(%error, "what a secret was before stays valid");
    }
}

fn known(secrets: &[Secret]) -> Result<Keys, Problem> {
    let keys = Keys::new(secrets.iter().map(Secret::reveal));
    keys.ok_or_else(|| Problem::Mill(store::Error::unavailable("the keys of the mount are not known").into()))
}
