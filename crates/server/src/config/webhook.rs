use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_jobs::notices::Kind;
use lightmill_jobs::variants::is_variant;
use lightmill_jobs::webhook::{SigningSecret, check_url};
use lightmill_store::Secret;
use lightmill_store::http::Allowed;
use lightmill_store::secrets::Reference;

use super::listeners::seconds;
use super::secrets::{at_hand, references};
use super::section::Section;

/// How servers are told what has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// What signs.
    pub secrets: Vec<Reference>,
    /// Hosts that may be told; every host without any.
    pub hosts: Vec<String>,
    /// What is opened of the addresses that are not public.
    pub allow_private: Vec<Allowed>,
    /// A file of certificates that may sign a server's, beside the system's.
    pub certificates: Option<PathBuf>,
    /// Until a connection stands.
    pub connect_time: Duration,
    /// Until there is an answer.
    pub time: Duration,
    /// How often it is tried.
    pub attempts: u32,
    /// Deliveries at a time.
    pub at_a_time: usize,
}

impl Webhook {
    /// `[jobs.webhook]`: of servers that clients name.
    pub(super) fn of_clients(mut section: Section<'_>, base: &Path) -> Option<Self> {
        if section.is_empty() {
            return None;
        }
        let hosts = hosts(&mut section);
        let webhook = Self { hosts, ..Self::read(&mut section, base) };
        section.finish();
        Some(webhook)
    }

    /// The keys that all have, of any host.
    pub(super) fn read(section: &mut Section<'_>, base: &Path) -> Self {
        Self {
            secrets: signing(section, base),
            hosts: Vec::new(),
            allow_private: section.take("allow_private", Vec::new()),
            certificates: section.optional::<PathBuf>("certificates").map(|file| base.join(file)),
            connect_time: seconds(section, "connect_time", 5.0),
            time: seconds(section, "time", 10.0),
            attempts: section.checked("attempts", 16, |n| (1..=100).contains(n), "is 1 to 100"),
            at_a_time: section.checked("at_a_time", 8, |n| (1..=1024).contains(n), "is 1 to 1024"),
        }
    }
}

/// `[worker.webhooks.NAME]`: a server that is told what becomes of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is called.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// What it is told, at least one.
    pub events: Vec<Kind>,
    /// How it is told.
    pub webhook: Webhook,
}

impl Endpoint {
    /// Every table of `section`.
    pub(super) fn read_all(section: Section<'_>, base: &Path) -> Vec<Self> {
        let named = section.named().into_iter();
        named.map(|(name, section)| Self::read(name, section, base)).collect()
    }

    fn read(name: String, mut section: Section<'_>, base: &Path) -> Self {
        if !is_variant(&name) {
            section.silent_mistake("", "is called by 1 to 32 small letters, digits and `-`");
        }
        let url: String = section.take("url", String::new());
        if url.is_empty() {
            section.silent_mistake("url", "is missing: where it is told");
        } else if let Err(error) = check_url(&url) {
            section.silent_mistake("url", error.to_string());
        }
        let events: Vec<Kind> = section.take("events", Kind::ALL.to_vec());
        if events.is_empty() {
            let all = Kind::ALL.map(Kind::name).join(", ");
            section.silent_mistake("events", format!("names nothing that is told; there are: {all}"));
        }
        let webhook = Webhook::read(&mut section, base);
        section.finish();
        Self { name, url, events, webhook }
    }
}

/// The secrets, of which those at hand are looked at: what asks a service says at the start what is wrong with it.
fn signing(section: &mut Section<'_>, base: &Path) -> Vec<Reference> {
    const KEY: &str = "secrets";
    let references = references(section, KEY, base);
    if references.is_empty() {
        section.silent_mistake(KEY, "is missing: what webhooks are signed with, as `whsec_…`");
    }
    for reference in &references {
        for error in at_hand(reference).iter().filter_map(problem) {
            section.silent_mistake(KEY, error);
        }
    }
    references
}

fn problem(secret: &Secret) -> Option<String> {
    SigningSecret::parse(secret.reveal()).err().map(|error| error.to_string())
}

fn hosts(section: &mut Section<'_>) -> Vec<String> {
    let hosts: Vec<String> = section.take("hosts", Vec::new());
    for host in hosts.iter().filter(|host| url::Host::parse(host).is_err()) {
        section.mistake("hosts", host, "is the name of a host, without a scheme and a port");
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Overrides};
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// What is wrong with `[worker.webhooks.shop]` of these keys.
    fn mistakes(folder: &Path, name: &str, keys: &str) -> String {
        let text = format!(
            "[sources.photos]\nurl = '.'\n[worker]\nsource = 'photos'\ntarget = 'photos'\n[worker.webhooks.{name}]\n{keys}"
        );
        Config::read(&text, folder, [], &Overrides::default()).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn secrets_are_looked_at_wherever_they_are_at_hand() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("good"), format!("{SECRET}\n\n{SECRET}\n")).unwrap();
        std::fs::write(folder.path().join("bad"), format!("{SECRET}\nmy own words\n")).unwrap();
        // Cargo says that to every test.
        for (secrets, words) in [
            (format!("['{SECRET}', 'file:good', 'ssm:/not/asked']"), ""),
            ("['my own words']".to_owned(), "does not begin with `whsec_`"),
            ("['whsec_my own words']".to_owned(), "no Base64"),
            ("['whsec_c2hvcnQ=']".to_owned(), "has 5"),
            ("['file:bad']".to_owned(), "does not begin with `whsec_`"),
            ("['env:CARGO_PKG_NAME']".to_owned(), "does not begin with `whsec_`"),
            ("['file:nowhere']".to_owned(), "there is no file"),
            ("[]".to_owned(), "secrets: is missing"),
        ] {
            let said = mistakes(folder.path(), "shop", &format!("url = 'https://a.test/'\nsecrets = {secrets}"));
            assert!(said.contains(words) && said.is_empty() == words.is_empty(), "{secrets}: {said}");
            assert!(said.is_empty() || said.starts_with("worker.webhooks.shop.secrets"), "{said}");
            assert!(!said.contains("my own"), "{said}");
        }
    }

    #[test]
    fn endpoints_say_what_is_wrong_with_them() {
        let folder = tempfile::tempdir().unwrap();
        for (name, keys, key, words) in [
            ("shop", "", "worker.webhooks.shop.url", "is missing"),
            ("shop", "url = 'mailto:a@b.test'", "worker.webhooks.shop.url", "no URL of http or https"),
            ("Shop", "url = 'https://a.test/'", "worker.webhooks.Shop", "small letters"),
            ("shop", "url = 'https://a.test/'\nevents = []", "worker.webhooks.shop.events", "variants.removed"),
            ("shop", "url = 'https://a.test/'\nevents = ['made']", "worker.webhooks.shop.events", "variants.made"),
            ("shop", "url = 'https://a.test/'\nhosts = ['a']", "worker.webhooks.shop.hosts", "no such key"),
            ("shop", "url = 'https://a.test/'\nattempts = 0", "worker.webhooks.shop.attempts", "1 to 100"),
            ("shop", "url = 'https://a.test/'\nat_a_time = 1025", "worker.webhooks.shop.at_a_time", "1 to 1024"),
            ("shop", "url = 'https://a.test/'\ntime = 0", "worker.webhooks.shop.time", "seconds"),
        ] {
            let said = mistakes(folder.path(), name, &format!("secrets = ['{SECRET}']\n{keys}"));
            assert!(said.lines().any(|line| line.starts_with(key) && line.contains(words)), "{keys}: {said}");
        }
    }
}
