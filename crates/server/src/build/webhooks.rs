use std::sync::Arc;

use lightmill_jobs::notices::Endpoint;
use lightmill_jobs::webhook::Webhooks;
use lightmill_store::http::{Poster, PosterSettings};
use lightmill_store::secrets::Keyring;

use super::keys::Keyrings;
use crate::config::{Config, Mistake, Mistakes, Webhook, Worker};
use crate::tokens;

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

/// Who is told what becomes of objects, with the secrets as they are now.
///
/// # Errors
/// Certificates and secrets that cannot be read, and texts that are no secrets of webhooks.
pub(crate) async fn endpoints(config: &Config, worker: &Worker) -> Result<Vec<Endpoint>, Mistakes> {
    let keyrings = Keyrings::new(config, None);
    let (mut endpoints, mut mistakes) = (Vec::new(), Vec::new());
    for endpoint in &worker.webhooks {
        let path = path(&endpoint.name);
        match webhooks(&endpoint.name, &path, &endpoint.webhook, &keyrings) {
            Ok(webhooks) => endpoints.push(Endpoint {
                name: endpoint.name.clone(),
                url: endpoint.url.clone(),
                kinds: endpoint.events.clone(),
                webhooks,
            }),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if let Err(Mistakes(others)) = tokens::read(&secrets(&endpoints)).await {
        mistakes.extend(others);
    }
    for endpoint in &endpoints {
        mistakes.extend(unusable(&format!("{}.secrets", path(&endpoint.name)), &endpoint.webhooks));
    }
    if mistakes.is_empty() { Ok(endpoints) } else { Err(Mistakes(mistakes)) }
}

/// What signs for `endpoints`, and what it is for.
pub(crate) fn secrets<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Vec<(String, Arc<Keyring>)> {
    let named =
        |endpoint: &Endpoint| (format!("{}.secrets", path(&endpoint.name)), Arc::clone(endpoint.webhooks.secrets()));
    endpoints.into_iter().map(named).collect()
}

/// What is wrong with secrets that were read.
pub(super) fn unusable(key: &str, webhooks: &Webhooks) -> Option<Mistake> {
    let error = webhooks.check_secrets().err()?;
    Some(Mistake { key: key.to_owned(), value: None, problem: error.to_string() })
}

fn path(endpoint: &str) -> String {
    format!("worker.webhooks.{endpoint}")
}
