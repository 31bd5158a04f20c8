use std::sync::Arc;

use lightmill_dialects::oss;
use lightmill_mill::{BucketFrom, Rules};

use super::Guard;
use crate::config::{self, Delivery, Dialect};
use crate::tokens::Tokens;

/// A host and path under which one dialect is served, ready to answer.
#[derive(Debug)]
pub struct Mount {
    /// Its host and path, as logs and metrics call it.
    pub name: Arc<str>,
    /// The path under which it lies: `/`, or a prefix without a `/` at its end.
    pub path: String,
    /// The host it answers for; `None` for every host.
    pub host: Option<String>,
    /// Its URL language.
    pub dialect: Dialect,
    /// What the mill must know about it.
    pub rules: Arc<Rules>,
    /// Keys of which one must have signed every request.
    pub keys: Option<Guard>,
    /// Of those who may save results; without any, nobody may.
    pub tokens: Option<Tokens>,
    /// What its answers say about themselves.
    pub delivery: Delivery,
}

impl Mount {
    /// The mount that `config` describes, guarded by `keys`, and by `tokens` where something is saved.
    pub fn new(config: &config::Mount, keys: Option<Guard>, tokens: Option<Tokens>) -> Self {
        let name: Arc<str> = format!("{}{}", config.host.as_deref().unwrap_or_default(), config.path).into();
        let rules = Rules {
            name: name.to_string(),
            oss: oss::Options {
                flavour: config.flavour,
                max_operations: config.limits.operations,
                max_inputs: config.limits.inputs,
                max_text_characters: config.limits.text_characters,
                negotiate: config.formats.clone(),
            },
            sources: config.sources.clone(),
            save_to: config.save.to.clone(),
            bucket_from: config.bucket_from,
            originals: config.originals,
            limits: config.limits.clone(),
            tags: config.tags.clone(),
            output: config.output,
        };
        Self {
            name,
            path: config.path.clone(),
            host: config.host.clone(),
            dialect: config.dialect,
            rules: Arc::new(rules),
            keys,
            tokens,
            delivery: config.delivery.clone(),
        }
    }

    /// Request headers that change what is answered.
    pub fn vary(&self) -> Vec<&'static str> {
        let accept = self.negotiates().then_some("Accept");
        let chooses = self.rules.sources.len() > 1 && self.rules.bucket_from == BucketFrom::Header;
        let bucket = chooses.then_some("x-bucket");
        accept.into_iter().chain(bucket).collect()
    }

    /// Whether `Accept` changes what is answered.
    fn negotiates(&self) -> bool {
        let oss = &self.rules.oss;
        self.dialect == Dialect::Oss && (!oss.negotiate.is_empty() || oss.flavour == oss::Flavour::Keithyt06)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, Overrides};

    /// The mount of this host and path.
    pub fn mount(host: Option<&str>, path: &str) -> Arc<Mount> {
        let host = host.map(|host| format!("host = {host:?}\n")).unwrap_or_default();
        Arc::new(configured(&format!("path = {path:?}\n{host}")))
    }

    fn configured(keys: &str) -> Mount {
        let root = tempfile::tempdir().unwrap();
        let overrides = Overrides { root: Some(root.path().to_owned()), listen: None };
        let text = format!("[[mounts]]\n{keys}");
        Mount::new(&Config::read(&text, Path::new(""), [], &overrides).unwrap().mounts[0], None, None)
    }

    #[test]
    fn only_mounts_that_look_at_accept_vary() {
        assert!(!configured("").negotiates());
        assert!(configured("formats = ['webp']").negotiates());
        assert!(configured("flavour = 'keithyt06'").negotiates());
        assert!(!configured("dialect = 'original'\nformats = ['webp']").negotiates());
    }

    #[test]
    fn limits_of_a_mount_bound_its_dialect() {
        let mount = configured("limits.operations = 3");
        assert_eq!((mount.rules.oss.max_operations, mount.rules.limits.operations), (3, 3));
    }
}
