use std::sync::Arc;

use lightmill_store::secrets::{Keyring, Places, Reference, Secrets};

use super::Parts;
use crate::config::{self, Config, Language, Location};
use crate::mounts::{Guard, Guards, Mount, Table};
use crate::tokens::{Access, Tokens};

/// The mounts of `config`, with keyrings of `before` where they are the same.
pub(super) fn mounts(config: &Config, before: Option<&Parts>) -> Table {
    let keyrings = Keyrings::new(config, before);
    let mount = |mount: &config::Mount| {
        let keys = (!mount.keys.is_empty()).then(|| Guard::new(keyrings.of(&mount.keys)));
        let tokens = (!mount.save.tokens.is_empty()).then(|| Tokens::new(keyrings.of(&mount.save.tokens)));
        let access = |said: &config::Access| match said {
            config::Access::Tokens(references) => Access::Tokens(Tokens::new(keyrings.of(references))),
            config::Access::Everyone => Access::Everyone,
        };
        let uploads = mount.uploads.as_ref().map(|uploads| access(&uploads.access));
        let blacklist = mount.blacklist.as_ref().and_then(|list| list.access.as_ref()).map(access);
        Arc::new(Mount::new(mount, Guards { keys, tokens, uploads, blacklist }, origins(config, mount)))
    };
    Table::new(config.mounts.iter().map(mount).collect())
}

/// What URLs in the place of keys begin with, and the source that they lead into: with the scheme, and without it, as
/// pages of Thumbor's write them. Other languages have no such keys.
fn origins(config: &Config, mount: &config::Mount) -> Vec<(String, String)> {
    if !matches!(mount.language, Language::Thumbor(_) | Language::Auto(..)) {
        return Vec::new();
    }
    let listed = config.sources.iter().filter(|source| mount.sources.contains(&source.name));
    let bases = listed.filter_map(|source| match &source.location {
        Location::Http(settings, _) => Some((settings.base.as_url(), source.name.clone())),
        _ => None,
    });
    let forms = bases.flat_map(|(base, name)| {
        let start = base.as_str().to_owned();
        let bare = start.split_once("://").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        [(start, name.clone()), (bare, name)]
    });
    forms.collect()
}

/// The tokens of whoever may change something, if there are any.
pub(super) fn admin_tokens(config: &Config, before: Option<&Parts>) -> Option<Tokens> {
    let references = &config.admin.tokens;
    (!references.is_empty()).then(|| Tokens::new(Keyrings::new(config, before).of(references)))
}

/// Makes keyrings, or finds them among those that are there.
pub(super) struct Keyrings<'a> {
    places: Arc<dyn Secrets>,
    before: Option<&'a Parts>,
}

impl<'a> Keyrings<'a> {
    pub(super) fn new(config: &Config, before: Option<&'a Parts>) -> Self {
        let before = before.filter(|before| before.config.aws == config.aws);
        Self { places: Arc::new(Places::new(&config.aws)), before }
    }

    pub(super) fn of(&self, references: &[Reference]) -> Arc<Keyring> {
        let known = self.before.and_then(|before| {
            before.keyrings().into_iter().map(|(_, keyring)| keyring).find(|keyring| keyring.references() == references)
        });
        known.unwrap_or_else(|| Arc::new(Keyring::new(references.to_vec(), Arc::clone(&self.places))))
    }
}
