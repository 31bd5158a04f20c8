use std::sync::Arc;

use http::HeaderValue;
use lightmill_dialects::client_hints::Heeded;
use lightmill_dialects::{Directives, oss};
use lightmill_mill::{BucketFrom, Rules};

use super::blacklist::Blacklist;
use super::uploads::Uploads;
use super::{Guard, Language};
use crate::config::{self, Delivery};
use crate::telemetry::metrics::Traffic;
use crate::tokens::{Access, Tokens};

/// A host and path under which one dialect is served, ready to answer.
#[derive(Debug)]
pub struct Mount {
    /// Its host and path, as logs and metrics call it.
    pub name: Arc<str>,
    /// What is counted about its requests.
    pub traffic: Arc<Traffic>,
    /// The path under which it lies: `/`, or a prefix without a `/` at its end.
    pub path: String,
    /// The host it answers for; `None` for every host.
    pub host: Option<String>,
    /// Its URL language.
    pub language: Language,
    /// What the mill must know about it.
    pub rules: Arc<Rules>,
    /// Keys of which one must have signed every request.
    pub keys: Option<Guard>,
    /// Of those who may save results; without any, nobody may.
    pub tokens: Option<Tokens>,
    /// Pictures that clients send.
    pub(super) uploads: Option<Uploads>,
    /// Pictures that are not shown.
    pub(super) blacklist: Option<Blacklist>,
    /// What its answers say about themselves.
    pub delivery: Delivery,
    /// Request headers that change what is answered.
    pub vary: Option<HeaderValue>,
    /// What is heeded of what clients say about their screens.
    pub hints: Option<Heeded>,
}

/// Who may ask something of a mount, and who may change something.
#[derive(Debug, Default)]
pub struct Guards {
    /// Of those who ask; everyone without any.
    pub keys: Option<Guard>,
    /// Of those who save results; nobody without any.
    pub tokens: Option<Tokens>,
    /// Those who send pictures, where they may be sent.
    pub uploads: Option<Access>,
    /// Those who read and extend the blacklist; nobody without any.
    pub blacklist: Option<Access>,
}

impl Mount {
    /// Request headers that may have chosen an answer: the mount's own, or those that the URL says took part.
    pub(super) fn vary(&self, directives: &Directives) -> Option<HeaderValue> {
        if directives.vary.is_empty() {
            return self.vary.clone();
        }
        // Names of headers only.
        HeaderValue::try_from(directives.vary.join(", ")).ok()
    }
}

impl Mount {
    /// The mount that `config` describes, behind `guards`. `origins`: as in [`Rules::origins`].
    pub fn new(config: &config::Mount, guards: Guards, origins: Vec<(String, String)>) -> Self {
        let Guards { keys, tokens, uploads, blacklist } = guards;
        let name: Arc<str> = config.name().into();
        let rules = Arc::new(Rules {
            name: name.to_string(),
            oss: oss::Options {
                flavour: config.language.oss(),
                max_operations: config.limits.operations,
                max_inputs: config.limits.inputs,
                max_text_characters: config.limits.text_characters,
                negotiate: config.formats.clone(),
            },
            sources: config.sources.clone(),
            origins,
            save_to: config.save.to.clone(),
            uploads: config.uploads.as_ref().map(|uploads| uploads.to.clone()),
            bucket_from: config.bucket_from,
            originals: config.originals,
            allow: config.allow.clone(),
            limits: config.limits.clone(),
            tags: config.tags.clone(),
            output: config.output,
        });
        let language = Language::new(config, &rules);
        let hints = config.client_hints;
        let vary = vary(&language, &rules, hints);
        let signed_below = matches!(language, Language::Thumbor(_)).then(|| config.path.clone());
        Self {
            traffic: Arc::new(Traffic::of(Arc::clone(&name), signed_below)),
            name,
            path: config.path.clone(),
            host: config.host.clone(),
            rules,
            keys,
            tokens,
            uploads: config.uploads.as_ref().zip(uploads).map(|(config, access)| Uploads::new(config, access)),
            blacklist: config.blacklist.as_ref().map(|config| Blacklist::new(config, blacklist)),
            delivery: config.delivery.clone(),
            vary,
            hints: (hints != Heeded::default()).then_some(hints),
            language,
        }
    }
}

/// Request headers that change what is answered.
fn vary(language: &Language, rules: &Rules, hints: Heeded) -> Option<HeaderValue> {
    let accept = language.negotiates(&rules.oss).then_some("Accept");
    let chooses = rules.sources.len() > 1 && rules.bucket_from == BucketFrom::Header;
    let names: Vec<&str> = accept.into_iter().chain(chooses.then_some("x-bucket")).chain(hints.headers()).collect();
    // Words of our own: always the value of a header.
    if names.is_empty() { None } else { HeaderValue::try_from(names.join(", ")).ok() }
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
        let overrides = Overrides { root: Some(root.path().to_owned()), ..Overrides::default() };
        let text = format!("[[mounts]]\n{keys}");
        Mount::new(
            &Config::read(&text, Path::new(""), [], &overrides).unwrap().mounts[0],
            Guards::default(),
            Vec::new(),
        )
    }

    #[test]
    fn only_mounts_that_look_at_accept_vary() {
        assert_eq!(configured("").vary, None);
        assert_eq!(configured("formats = ['webp']").vary.unwrap(), "Accept");
        assert_eq!(configured("flavour = 'keithyt06'").vary.unwrap(), "Accept");
        assert_eq!(configured("dialect = 'original'\nformats = ['webp']").vary, None);
    }

    #[test]
    fn limits_of_a_mount_bound_its_dialect() {
        let mount = configured("limits.operations = 3");
        assert_eq!((mount.rules.oss.max_operations, mount.rules.limits.operations), (3, 3));
    }
}
