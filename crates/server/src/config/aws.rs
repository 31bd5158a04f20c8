use std::path::Path;

use lightmill_store::aws::{Credentials, Role, Settings};

use super::secrets::secret;
use super::section::Section;

/// `[aws]`: where Amazon's services are, and who asks them. Buckets say that in their URLs.
pub(super) fn aws(mut section: Section<'_>, base: &Path) -> Settings {
    let settings = Settings {
        region: word(&mut section, "region"),
        endpoint: url(&mut section, "endpoint"),
        credentials: credentials(&mut section, base),
        role: role(&mut section),
    };
    section.finish();
    settings
}

fn credentials(section: &mut Section<'_>, base: &Path) -> Credentials {
    let profile = word(section, "profile");
    match (section.secret("access_key_id"), secret(section, "secret_access_key", base), profile) {
        (None, None, None) => Credentials::Found,
        (None, None, Some(profile)) => Credentials::Profile(profile),
        (Some(id), Some(secret), None) => Credentials::Key { id, secret },
        (Some(_), Some(_), Some(_)) => {
            section.silent_mistake("access_key_id", "is given, and `profile` too");
            Credentials::Found
        }
        (id, _, _) => {
            let missing = if id.is_none() { "access_key_id" } else { "secret_access_key" };
            section.silent_mistake(missing, "is missing beside its other half");
            Credentials::Found
        }
    }
}

fn role(section: &mut Section<'_>) -> Option<Role> {
    let (arn, name, external_id) = (word(section, "role"), word(section, "session_name"), word(section, "external_id"));
    let endpoint = url(section, "sts_endpoint");
    let Some(arn) = arn else {
        if name.is_some() || external_id.is_some() || endpoint.is_some() {
            section.silent_mistake("role", "is missing beside what belongs to it");
        }
        return None;
    };
    let role = Role::new(arn);
    Some(Role { session_name: name.unwrap_or(role.session_name), external_id, endpoint, ..role })
}

pub(super) fn word(section: &mut Section<'_>, key: &str) -> Option<String> {
    let word = section.optional::<String>(key)?;
    if word.is_empty() {
        section.mistake(key, &word, "is empty");
    }
    Some(word)
}

pub(super) fn url(section: &mut Section<'_>, key: &str) -> Option<String> {
    let url = section.optional::<String>(key)?;
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || host.contains(['?', '#', '@', ' ']) {
        // It may hold a password.
        section.silent_mistake(key, "is a URL of the form https://HOST[:PORT]");
    }
    Some(url)
}
