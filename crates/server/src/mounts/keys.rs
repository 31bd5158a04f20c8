use std::sync::Arc;

use lightmill_dialects::{
    self as dialects,
    signature::{self, Keys},
};
use lightmill_store::secrets::Keyring;
use lightmill_store::{self as store, Secret};

use super::{Mount, Table};
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
            keys.into_iter().chain(tokens)
        });
        all.collect()
    }
}

fn known(secrets: &[Secret]) -> Result<Keys, Problem> {
    let keys = Keys::new(secrets.iter().map(Secret::reveal));
    keys.ok_or_else(|| Problem::Mill(store::Error::unavailable("the keys of the mount are not known").into()))
}
