use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_jobs::webhook::SigningSecret;
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
