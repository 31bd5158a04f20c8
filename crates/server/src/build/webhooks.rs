use lightmill_jobs::webhook::Webhooks;
use lightmill_store::http::{Poster, PosterSettings};

use super::keys::Keyrings;
use crate::config::{Mistake, Webhook};

/// Who tells servers as `config` says, which stands at `path` of the configuration. `name`: what metrics call them.
pub(super) fn webhooks(name: &str, path: &str, config: &Webhook, keyrings: &Keyrings<'_>) -> Result<Webhooks, Mistake> {
    let settings = PosterSettings {
        allow_private: config.allow_private.clone(),
        connect_timeout: config.connect_time,
        certificates: config.certificates.clone(),
    };
    let poster = Poster::new(settings).map_err(|error| Mistake {
        key: format!("{path}.certificates"),
        value: config.certificates.as_ref().map(|file| format!("\"{}\"", file.display())),
        problem: error.to_string(),
    })?;
    Ok(Webhooks::new(name, poster, keyrings.of(&config.secrets), config.hosts.clone(), config.time))
}
