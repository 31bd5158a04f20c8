use std::path::Path;
use std::time::Duration;

use lightmill_store::Secret;
use lightmill_store::secrets::{Reference, SCHEMES};

use super::listeners::seconds;
use super::section::Section;
use super::suggest::nearest;

/// `[secrets]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretTimes {
    /// How often secrets of services are read again.
    pub refresh_time: Duration,
}

impl SecretTimes {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let times = Self { refresh_time: seconds(&mut section, "refresh_time", 300.0) };
        section.finish();
        times
    }
}

/// A list of secrets, or of where they are. What is wrong with one is told without showing any.
pub(super) fn references(section: &mut Section<'_>, key: &str, base: &Path) -> Vec<Reference> {
    let texts = section.secrets(key);
    texts.iter().filter_map(|text| reference(section, key, text, base)).collect()
}

/// A secret, or where it is: in the configuration, in a file or in the environment.
pub(super) fn secret(section: &mut Section<'_>, key: &str, base: &Path) -> Option<Secret> {
    let text = section.secret(key)?;
    let reference = reference(section, key, &text, base)?;
    let found = at_hand(&reference).into_iter().next();
    match reference {
        Reference::File(path) if found.is_none() => {
            section.silent_mistake(key, format!("there is no secret in {}", path.display()));
        }
        Reference::Manager { .. } | Reference::Parameter(_) => {
            section.silent_mistake(key, "can be in `file:PATH` or `env:NAME`, and not in a service that asks for it");
        }
        _ => {}
    }
    found
}

/// The secrets themselves, where nobody needs to be asked for them and they can be read.
pub(super) fn at_hand(reference: &Reference) -> Vec<Secret> {
    match reference {
        Reference::Literal(secret) => vec![secret.clone()],
        Reference::Variable(name) => std::env::var(name).ok().map(Secret::new).into_iter().collect(),
        Reference::File(path) => {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect()
        }
        Reference::Manager { .. } | Reference::Parameter(_) => Vec::new(),
    }
}

fn reference(section: &Section<'_>, key: &str, text: &str, base: &Path) -> Option<Reference> {
    let problem = match Reference::parse(text, base) {
        Ok(Reference::Literal(secret)) => match misspelt(text) {
            Some(problem) => problem,
            None => return Some(Reference::Literal(secret)),
        },
        Ok(Reference::File(path)) if !path.is_file() => format!("there is no file {}", path.display()),
        Ok(Reference::Variable(name)) if std::env::var(&name).is_ok_and(|text| !text.is_empty()) => {
            return Some(Reference::Variable(name));
        }
        Ok(Reference::Variable(name)) => format!("the environment has no {name}, or an empty one"),
        Ok(reference) => return Some(reference),
        Err(error) => error.to_string(),
    };
    section.silent_mistake(key, problem);
    None
}

/// What was likely meant by a text that would be taken for the secret itself.
fn misspelt(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    let meant = nearest(&scheme.to_ascii_lowercase(), SCHEMES).filter(|meant| *meant != scheme)?;
    Some(format!("did you mean `{meant}:`? A secret that looks like this is written `literal:…`"))
}
